import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type DatasetImage, StoredCell } from '../../shared/datasets.ts'
import { invariant, refuse } from '../../shared/errors.ts'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { toEightBit } from '../images/eight-bit.ts'
import { toLabelImage } from '../images/label-image.ts'
import { type Picture } from '../images/picture.ts'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../images/png-encode.ts'
import { type DecodedPicture, decodePicture, readPictureFile } from '../images/read.ts'
import { encodeTiff } from '../images/tiff-encode.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { entryName } from './entry-names.ts'
import { cellsOf, type ExportImage, type ExportPicture, type LoadPicture } from './formats/format.ts'
import { outlinesText } from './outlines-file.ts'
import { type PackedDataset } from './pack-dataset.ts'
import { type PackageAbout, packedSetOf } from './packed-set.ts'
import { countHidden, labelCells, type LabelledCells } from './stored-cells.ts'

/** Where the bytes of a set come from when it is packed. */
export interface SetFiles {
  /** For the formats of other programs; the picture read last is kept for the next format. */
  readonly load: LoadPicture
  /** An entry of the set itself: picture, mask, cells, outlines. */
  readonly bytes: (path: string) => Promise<Uint8Array>
  /** What is to be said, when all was read. */
  readonly warnings: () => string[]
}

/** A synthetic set has its own files as a package has them. */
export function syntheticFiles(folder: string, about: SyntheticAbout): SetFiles {
  const bytes = (path: string): Promise<Uint8Array> => readOwn(folder, about.synthetic.name, path)
  const load = packedPictures(about, bytes)
  const outlines = (): Promise<Uint8Array> => outlinesOf(about, load, bytes)
  return { load, bytes: (path) => (path === entryName.outlines ? outlines() : bytes(path)), warnings: () => [] }
}

const OutlinedPictures = z.object({ images: z.array(z.unknown()) })

/** The set's own file, or one of those pictures alone that go into the package. */
async function outlinesOf(
  about: SyntheticAbout,
  load: LoadPicture,
  read: (path: string) => Promise<Uint8Array>
): Promise<Uint8Array> {
  const own = await read(entryName.outlines)
  const outlined = OutlinedPictures.safeParse(jsonOf(Buffer.from(own).toString())).data
  const isWhole = outlined === undefined || outlined.images.length === about.images.length
  return isWhole ? own : outlinesText(packedSetOf(about), load)
}

/** The pictures of a set as its package has them, given the entries of the set itself. */
export function packedPictures(about: PackageAbout, read: (path: string) => Promise<Uint8Array>): LoadPicture {
  const decode = async (path: string, bytes: Uint8Array): Promise<Picture> => (await decodePicture(path, bytes)).picture
  const removed = new Map(
    about.kind === 'synthetic' ? about.images.map(({ file, removed: cells }) => [file, cells ?? []]) : []
  )
  const cellsIn = async (image: ExportImage): Promise<LabelledCells> => {
    if (about.kind === 'dataset') {
      const path = entryName.cells(image.file)
      return labelCells(path, Stored.parse(jsonOf(Buffer.from(await read(path)).toString())), image)
    }
    const path = entryName.mask(image.file)
    const { labels, width, height } = toLabelImage(path, await decode(path, await read(path)))
    const ignored = (removed.get(image.file) ?? []).map(({ counts }) => rleFromString(counts, height, width))
    return { labels, cells: cellsOf(labels, width, height), ignored }
  }
  return keepingLast(async (image) => {
    const path = entryName.image(image.file)
    const bytes = await read(path)
    return { ...image, picture: await decode(path, bytes), bytes, ...(await cellsIn(image)) }
  })
}

async function readOwn(folder: string, name: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, path))
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'ENOENT') throw thrown
    throw refuse(`${path} of the synthetic set "${name}" is not there.`, {
      file: join(folder, path),
      next: 'Generate the set again with the same seed: it gives the same pictures.',
      cause: thrown
    })
  }
}

/** A data set has pictures of any kind, and its cells as runs. */
export function datasetFiles(folder: string, { about, originals, warnings }: PackedDataset): SetFiles {
  const hidden = new Map<string, number>()
  const load = keepingLast(async (image) => {
    const original = originals.get(image.file)
    invariant(original, 'only images of the set are packed')
    const cellsFile = join(folder, 'cells', `${original.id}.json`)
    const stored = await readStored(cellsFile)
    const labelled = labelCells(cellsFile, stored, image)
    hidden.set(image.file, countHidden(labelled))
    return { ...image, ...(await readImage(folder, original, image.file)), ...labelled }
  })
  const byPath = new Map<string, () => Promise<Uint8Array>>([
    [entryName.outlines, () => outlinesText(packedSetOf(about), load)]
  ])
  for (const image of about.images) {
    const cellsFile = join(folder, 'cells', `${originals.get(image.file)?.id ?? 0}.json`)
    byPath.set(entryName.image(image.file), async () => (await load(image)).bytes)
    byPath.set(entryName.cells(image.file), async () => toJson(await readStored(cellsFile)))
    byPath.set(entryName.mask(image.file), async () =>
      encodeLabelPng16((await load(image)).labels, image.width, image.height)
    )
  }
  return {
    load,
    bytes: (path) => {
      const make = byPath.get(path)
      invariant(make, 'a package of a data set has the entries that follow from its about.json')
      return make()
    },
    warnings: () => [...warnings, ...hiddenWarning(hidden)]
  }
}

function hiddenWarning(hidden: ReadonlyMap<string, number>): string[] {
  const count = [...hidden.values()].reduce((sum, cells) => sum + cells, 0)
  if (count === 0) return []
  return [
    `${count} cells lie entirely below others: they are in the outlines and run-length masks, but not visible in the masks.`
  ]
}

function keepingLast(load: LoadPicture): LoadPicture {
  let last: { readonly file: string; readonly loaded: ReturnType<LoadPicture> } | undefined
  return (image) => {
    if (last?.file !== image.file) last = { file: image.file, loaded: load(image) }
    return last.loaded
  }
}

const Stored = z.array(StoredCell)

async function readStored(file: string): Promise<StoredCell[]> {
  try {
    return Stored.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw refuse(`${file} is missing or damaged.`, {
      file,
      next: 'It belongs to the workspace. Import the data set again from its source.',
      cause
    })
  }
}

/**
 * The bytes as the package has them, the file itself where that is of the kind that its name says; and the picture in
 * them, from which whoever has the package can make the copies anew.
 */
async function readImage(
  folder: string,
  { file, pixelSize }: DatasetImage,
  name: string
): Promise<Pick<ExportPicture, 'picture' | 'bytes'>> {
  const path = join(folder, 'images', file)
  const bytes = await readPictureFile(path)
  const decoded = await decodePicture(path, bytes)
  const { picture } = decoded
  const isPng = name.endsWith('.png')
  if (isPng ? decoded.format === 'png' : isPlainTiff(decoded)) return { picture, bytes }
  const encoded = isPng ? encodePng(picture) : encodeTiff(picture, pixelSize)
  return { picture: (await decodePicture(name, encoded)).picture, bytes: encoded }
}

function isPlainTiff({ format, isWhole }: DecodedPicture): boolean {
  return format === 'tiff' && isWhole
}

/** A picture of 8 bits that is called a PNG and is none. */
function encodePng(picture: Picture): Uint8Array {
  const isGray = picture.channels < 3
  const pixels = toEightBit(picture, 'full', isGray ? 'gray' : 'rgb')
  return (isGray ? encodeGrayPng8 : encodeRgbPng)(pixels, picture.width, picture.height)
}

function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}
