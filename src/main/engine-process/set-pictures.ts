import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DatasetAbout } from '../../shared/abouts.ts'
import { StoredCell } from '../../shared/datasets.ts'
import { invariant, refuse } from '../../shared/errors.ts'
import { RandomStream } from '../../shared/random.ts'
import { SyntheticAbout } from '../../shared/synthetic.ts'
import { readLabelImage } from '../images/label-image.ts'
import { coloursOf, type Picture } from '../images/picture.ts'
import { readPicture } from '../images/read.ts'
import { type PictureSet } from '../jobs/engine-protocol.ts'
import { paintRle, type Rle } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { labelCells } from '../packages/stored-cells.ts'

/** A picture of a set, before any of its pixels is read. */
export interface SetPicture {
  /** A name that no other picture of its set has, of letters, digits, - and _ alone. */
  readonly key: string
  readonly file: string
  readonly id: number
  readonly folder: string
  readonly width: number
  readonly height: number
  /** Brightness in the file's own units, the mean of its colours; row-major. */
  readonly gray: () => Promise<Float32Array>
  readonly cells: () => Promise<SetCells>
}

export interface SetCells {
  /** A number for each cell, 0 is background. */
  readonly labels: Int32Array
  /** 1 where neither cell nor background is known; absent where there is no such place. */
  readonly ignored?: Uint8Array | undefined
}

/** The pictures that are meant, in the order in which they are named. @throws AppError of kind `input` where one is not there */
export async function openPictureSet(set: PictureSet): Promise<SetPicture[]> {
  const all = set.kind === 'dataset' ? await datasetPictures(set.folder) : await syntheticPictures(set.folder)
  const byFile = new Map(all.map((picture) => [picture.file, picture]))
  const wanted = set.images.map((file) => {
    const picture = byFile.get(file)
    if (picture === undefined) throw refuse(`The set has no picture called "${file}".`, { file: set.folder })
    return picture
  })
  return wanted
}

/**
 * Gives each picture the cells of another one of its size, drawn by the seed, and none its own where there is another.
 */
export function withShuffledCells(pictures: readonly SetPicture[], seed: number): SetPicture[] {
  const groups = Map.groupBy(pictures, ({ width, height }) => `${width} × ${height}`)
  const givers = new Map<SetPicture, SetPicture>()
  for (const [size, group] of groups) {
    const order = new RandomStream(seed, `shuffled masks of ${size}`).shuffled(group)
    for (const [i, picture] of order.entries()) givers.set(picture, order[(i + 1) % order.length] ?? picture)
  }
  return pictures.map((picture) => {
    const giver = givers.get(picture) ?? picture
    return { ...picture, key: `${picture.key}-with-${giver.key}`, cells: giver.cells }
  })
}

const Stored = z.array(StoredCell)

async function datasetPictures(folder: string): Promise<SetPicture[]> {
  const { images } = await readAbout(folder, DatasetAbout)
  return images.map(({ id, file, width, height }) => ({
    key: String(id),
    id,
    file,
    folder,
    width,
    height,
    gray: async () => grayOf(await readPicture(join(folder, 'images', file))),
    cells: async () => {
      const path = join(folder, 'cells', `${id}.json`)
      const stored = Stored.parse(JSON.parse(await readFile(path, 'utf8')))
      const { labels, ignored } = labelCells(path, stored, { width, height })
      return { labels: Int32Array.from(labels), ignored: painted(ignored, width, height) }
    }
  }))
}

async function syntheticPictures(folder: string): Promise<SetPicture[]> {
  const { images } = await readAbout(folder, SyntheticAbout)
  return images.map(({ index, file, width, height, removed = [] }, i) => ({
    key: `${index}`,
    id: i + 1,
    file,
    folder,
    width,
    height,
    gray: async () => grayOf(await readPicture(join(folder, 'images', file))),
    cells: async () => {
      const { labels } = await readLabelImage(join(folder, 'masks', file))
      const regions = removed.map(({ counts }) => rleFromString(counts, height, width))
      return { labels: Int32Array.from(labels), ignored: painted(regions, width, height) }
    }
  }))
}

async function readAbout<About>(folder: string, schema: z.ZodType<About>): Promise<About> {
  const file = join(folder, 'about.json')
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw refuse('The files of a set are missing or damaged.', { file, next: 'Import or make the set again.', cause })
  }
}

function painted(regions: readonly Rle[], width: number, height: number): Uint8Array | undefined {
  if (regions.length === 0) return undefined
  const ignored = new Uint8Array(width * height)
  for (const region of regions) paintRle(region, ignored, 1)
  return ignored
}

/** The mean of the colours; opacity is left out. */
function grayOf(picture: Picture): Float32Array {
  const { data, channels, width, height } = picture
  const colours = picture.stains === true ? channels : coloursOf(picture)
  invariant(colours >= 1, 'a picture has a colour')
  const gray = new Float32Array(width * height)
  for (let i = 0; i < gray.length; i++) {
    let sum = 0
    for (let c = 0; c < colours; c++) sum += data[i * channels + c] ?? 0
    gray[i] = sum / colours
  }
  return gray
}
