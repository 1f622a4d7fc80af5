import { chmod, constants, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type DatasetImage } from '../../shared/datasets.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { sha256 } from '../files/checksum.ts'
import { isGray, isTransparent } from '../images/eight-bit.ts'
import { type Picture } from '../images/picture.ts'
import { decodePicture, describeMislabelling, readPictureFile } from '../images/read.ts'
import { type ImportLog } from './import-log.ts'
import { parseLivecellName } from './livecell-names.ts'
import { type Annotation, type SourceImage } from './source-image.ts'

/** A source image with its class, its time, and a file name that is safe and its own. */
export interface PlannedImage extends SourceImage {
  readonly class: string
  /** Hours since the start of the experiment. */
  readonly time: number | undefined
}

/**
 * Decodes one picture, checks its annotation against it, and writes both into the folder of the data set.
 *
 * The picture is copied byte for byte (sharing disk blocks where the file system can). A picture or annotation that
 * cannot be used goes to the log, and nothing is written.
 */
export async function takeImage(
  image: PlannedImage,
  id: number,
  folder: string,
  log: ImportLog
): Promise<DatasetImage | undefined> {
  try {
    const bytes = await readPictureFile(image.path)
    const { picture, format } = await decodePicture(image.path, bytes)
    const annotation = await image.annotation?.(picture)
    if (annotation) checkGrid(image, picture, annotation)
    warn(image, describeMislabelling(image.path, format), picture, log)

    await copyInto(join(folder, 'images', image.file), image.path)
    await writeFile(join(folder, 'cells', `${id}.json`), JSON.stringify(annotation?.cells ?? []))
    return describe(image, id, picture, annotation, sha256(bytes))
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
    log.refuse(image.file, thrown.message)
    return undefined
  }
}

function checkGrid(image: PlannedImage, picture: Picture, { width, height }: Annotation): void {
  if (width === picture.width && height === picture.height) return
  throw refuse(
    `${image.path} has ${picture.width}×${picture.height} pixels, but its annotation is drawn on ${width}×${height}.`,
    { file: image.path, next: 'Check that picture and annotation belong together; export both at the same size.' }
  )
}

function warn(image: PlannedImage, mislabelling: string | undefined, picture: Picture, log: ImportLog): void {
  if (mislabelling !== undefined) log.warn(mislabelling, image.file, 'files whose names say another format')
  if (isTransparent(picture)) {
    log.warn(
      'Some of its pixels are transparent; the colours stored for them are used.',
      image.file,
      'pictures with transparent pixels'
    )
  }
}

async function copyInto(target: string, source: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  await chmod(target, 0o644) // the copy of a write-protected file is ours to sync and remove
}

function describe(
  image: PlannedImage,
  id: number,
  picture: Picture,
  annotation: Annotation | undefined,
  checksum: string
): DatasetImage {
  return {
    id,
    file: image.file,
    width: picture.width,
    height: picture.height,
    channels: isGray(picture) ? 1 : 3,
    bits: picture.bits,
    class: image.class,
    ...(image.time === undefined ? {} : { time: image.time }),
    group: parseLivecellName(basename(image.file))?.frame ?? image.file,
    annotated: annotation !== undefined,
    cells: annotation?.cells.length ?? 0,
    sha256: checksum,
    ...(image.split === undefined ? {} : { split: image.split })
  }
}
