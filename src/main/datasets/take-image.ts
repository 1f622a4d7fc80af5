import { chmod, constants, copyFile, mkdir, realpath, writeFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { type DatasetImage, type DrawnOn, type PlaneChoice } from '../../shared/datasets.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { sha256 } from '../files/checksum.ts'
import { isGray, isTransparent, valueRanges } from '../images/eight-bit.ts'
import { type Picture } from '../images/picture.ts'
import { type DecodedPicture, decodePicture, describeMislabelling, readPictureFile } from '../images/read.ts'
import { encodeTiff } from '../images/tiff-encode.ts'
import { type Annotation } from './annotation.ts'
import { type ReadOn, readOnItsGrid } from './drawn-grid.ts'
import { type Log, NoteLog, type Notes } from './import-log.ts'
import { parseLivecellName } from './livecell-names.ts'
import { formats } from './formats/all-formats.ts'
import { cellsOfLabels } from './formats/labels.ts'
import { separatePieces } from './formats/separate-pieces.ts'
import { requireStillThere } from './source-gone.ts'
import { type ReadImage, type SourceImage } from './source-image.ts'

/** A source image with its class, its time, and a file name that is safe and its own. */
export interface PlannedImage extends Omit<SourceImage, 'read'> {
  readonly class: string
  /** Hours since the start of the experiment. */
  readonly time: number | undefined
}

/** One image for a worker: plain data. */
export interface TakeTask {
  readonly image: PlannedImage
  readonly id: number
  readonly planes: PlaneChoice
  /** What the cells of pictures that are shown turned are drawn on, where it was chosen. */
  readonly drawnOn?: DrawnOn | undefined
  /** True places of the folders that the user named: pictures are taken from there. */
  readonly inside: readonly string[]
  /** The folder of the data set; absent when the image is only looked at. */
  readonly folder: string | undefined
  /** Picture and cells, where the source gave them out. */
  readonly read?: ReadImage | undefined
}

export interface TakeOutcome {
  /** Absent for an image that cannot be used. */
  readonly image: DatasetImage | undefined
  readonly notes: Notes
}

/**
 * Decodes one picture, checks its annotation against it, and writes both into the folder of the data set.
 *
 * A picture that is a whole file is copied byte for byte (sharing disk blocks where the file system can); planes of a
 * stack and rows of an array are written as a TIFF with their exact values. A picture or annotation that cannot be used
 * goes to the notes, and nothing is written.
 */
export async function takeImage(task: TakeTask): Promise<TakeOutcome> {
  const { image, folder, read } = task
  const log = new NoteLog()
  try {
    const source = read ? givenOut(read) : await readSource(task)
    const { picture } = source
    const annotation = await annotationOf(task, source, log)
    if (annotation) checkGrid(image, picture, annotation)
    warn(image, source, log)
    const taken = describe(task, source, annotation)
    if (folder !== undefined) await write(folder, image, taken, source, annotation)
    return { image: taken, notes: log.notes }
  } catch (thrown) {
    const reason = reasonOf(thrown)
    await requireStillThere(image.path, task.inside)
    log.refuse(image.file, reason)
    return { image: undefined, notes: log.notes }
  }
}

/**
 * Why an image is refused. A decoder that trips over damage in a way that nobody thought of costs that image too; trouble
 * with the disk costs the import.
 */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AppError && thrown.kind === 'input')
    return [thrown.message, thrown.next].filter(Boolean).join(' ')
  if (!(thrown instanceof Error) || thrown instanceof AppError || 'syscall' in thrown) throw thrown
  return `${unforeseen}.`
}

/** How such a sentence begins, so that a search for faults finds them. */
export const unforeseen = 'It is damaged in an unexpected way'

/** A decoded picture with the checksum of what it was decoded from. */
interface SourcePicture extends Omit<DecodedPicture, 'format'> {
  readonly taken?: string
  readonly format: DecodedPicture['format'] | undefined
  readonly sha256: string
}

async function readSource({ image: { path }, planes, inside }: TakeTask): Promise<SourcePicture> {
  const place = await realpath(path).catch(() => path)
  if (!inside.some((folder) => place.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    throw refuse(`${path} is reached through a link that leads out of its folder, to ${place}.`, {
      file: path,
      next: 'Copy the pictures there, or choose the folder that they are in.'
    })
  }
  const bytes = await readPictureFile(path)
  return { ...(await decodePicture(path, bytes, planes)), sha256: sha256(bytes) }
}

function givenOut({ picture, taken }: ReadImage): SourcePicture {
  const { buffer, byteOffset, byteLength } = picture.data
  const checksum = sha256(new Uint8Array(buffer, byteOffset, byteLength))
  return { picture, format: undefined, orientation: 1, isWhole: false, sha256: checksum, taken }
}

async function annotationOf(
  { image, planes, drawnOn, read }: TakeTask,
  source: SourcePicture,
  log: Log
): Promise<Annotation | undefined> {
  if (read) return cellsOfLabels(separatePieces(read.labels, image.file, log), image.file, log)
  const { cells: place } = image
  if (!place) return undefined
  const { picture, stack, orientation, format } = source
  const { width, height } = picture
  const readOn: ReadOn = async (grid, isForced, notes) =>
    formats[place.format].cells?.(place, image.file, { ...grid, planes, stack, isForced }, notes)
  if (orientation === 1) return readOn({ width, height }, false, log)
  // Programs that make label images of TIFFs do not look at this tag, and some microscopes write it carelessly.
  const isMeasured = format === 'tiff' && (place.format === 'labels' || place.format === 'masks')
  const turned = { path: image.path, file: image.file, width, height, orientation, isMeasured }
  return readOnItsGrid(turned, drawnOn, readOn, log)
}

function checkGrid(image: PlannedImage, picture: Picture, { width, height }: Annotation): void {
  if (width === picture.width && height === picture.height) return
  throw refuse(
    `${image.path} has ${picture.width}×${picture.height} pixels, but its annotation is drawn on ${width}×${height}.`,
    { file: image.path, next: 'Check that picture and annotation belong together; export both at the same size.' }
  )
}

function warn(image: PlannedImage, { format, picture }: SourcePicture, log: Log): void {
  const mislabelling = format && describeMislabelling(image.path, format)
  if (mislabelling !== undefined) log.warn(mislabelling, image.file, 'files whose extension says another format')
  if (isTransparent(picture)) {
    log.warn(
      'Some of its pixels are transparent; the colours stored for them are used.',
      image.file,
      'pictures with transparent pixels'
    )
  }
}

async function write(
  folder: string,
  image: PlannedImage,
  { id, file }: DatasetImage,
  source: SourcePicture,
  annotation: Annotation | undefined
): Promise<void> {
  const target = join(folder, 'images', file)
  await mkdir(dirname(target), { recursive: true })
  if (source.isWhole) {
    await copyFile(image.path, target, constants.COPYFILE_FICLONE)
    await chmod(target, 0o644) // the copy of a write-protected file is ours to sync and remove
  } else {
    await writeFile(target, encodeTiff(source.picture, source.pixelSize))
  }
  await writeFile(join(folder, 'cells', `${id}.json`), JSON.stringify(annotation?.cells ?? []))
}

function describe(
  { image, id, planes }: TakeTask,
  source: SourcePicture,
  annotation: Annotation | undefined
): DatasetImage {
  const { picture } = source
  return {
    id,
    file: nameOf(image, source),
    width: picture.width,
    height: picture.height,
    channels: channelsOf(picture),
    bits: picture.bits,
    class: image.class,
    ...(image.time === undefined ? {} : { time: image.time }),
    group: image.group ?? parseLivecellName(basename(image.file))?.frame ?? image.file,
    annotated: annotation !== undefined,
    cells: annotation?.cells.length ?? 0,
    sha256: source.sha256,
    ...(image.split === undefined ? {} : { split: image.split }),
    ...reading(image, planes, source)
  }
}

/** Alpha does not count, nor colours that are all alike. */
function channelsOf(picture: Picture): number {
  if (isGray(picture)) return 1
  return picture.channels === 2 ? 2 : 3
}

/** What the file told beside the pixels, where it did. */
function reading(
  image: PlannedImage,
  planes: PlaneChoice,
  { picture, pixelSize, isWhole, taken }: SourcePicture
): Pick<DatasetImage, 'pixelSize' | 'ranges' | 'taken'> {
  return {
    ...(pixelSize ? { pixelSize } : {}),
    ...(picture.bits === 8 ? {} : { ranges: valueRanges(picture, 'percentiles') }),
    ...(isWhole ? {} : { taken: taken ?? takenPlanes(planes, image) })
  }
}

/** What is written anew is a TIFF, and its name says so. */
function nameOf({ file }: PlannedImage, { isWhole }: SourcePicture): string {
  return isWhole || /\.tiff?$/i.test(file) ? file : `${file}.tif`
}

function takenPlanes({ axes, channels, z, t }: PlaneChoice, { path }: PlannedImage): string {
  const parts = [
    ...(axes === undefined ? [] : [`pages as ${axes}`]),
    ...(channels ? [`channels ${channels.map((channel) => (channel === 0 ? '-' : channel)).join(',')}`] : []),
    ...(z === undefined ? [] : [`depth ${z}`]),
    ...(t === undefined ? [] : [`time ${t}`])
  ]
  return `${parts.length === 0 ? 'all channels' : parts.join(', ')} of ${basename(path)}, exact values`
}
