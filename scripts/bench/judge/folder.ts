import { basename } from 'node:path'
import { refuse } from '../../../src/shared/errors.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { formats } from '../../../src/main/datasets/formats/all-formats.ts'
import { guessFormat } from '../../../src/main/datasets/guess-format.ts'
import { NoteLog } from '../../../src/main/datasets/import-log.ts'
import { type SourceImage, type SourcePlace } from '../../../src/main/datasets/source-image.ts'
import { isGray, toEightBit } from '../../../src/main/images/eight-bit.ts'
import { readPicture } from '../../../src/main/images/read.ts'
import { rleFromString } from '../../../src/main/masks/rle-string.ts'
import { paintRle } from '../../../src/main/masks/rle.ts'
import { type Tile } from './ladder.ts'

/** A whole picture with its cells; as a tile, but not square. */
export interface Scene {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly image: Uint8Array | Float32Array
  readonly labels: Uint32Array
}

/** Tiles of two sets of pictures that share none, and whether neighbouring ones overlap. */
export interface TileHalves {
  readonly halves: readonly [readonly Tile[], readonly Tile[]]
  readonly overlap: boolean
}

/**
 * The annotated pictures of a source in any format that can be imported, 8 bits a channel, by the folder that they are in:
 * what differs so much that it has a folder of its own is a class.
 */
export async function readClasses(place: SourcePlace): Promise<Map<string, Scene[]>> {
  const { format } = await guessFormat(place)
  const { images } = await formats[format].find(place, new NoteLog(), () => Promise.resolve(new Map()))
  const classes = new Map<string, Scene[]>()
  for (const image of images) {
    const scene = await readScene(image)
    if (scene === undefined) continue
    // LIVECell's folders are its splits.
    const folder = formats[format].names === 'livecell' ? '' : image.folders.join('/')
    const name = folder || basename(place.source)
    classes.set(name, [...(classes.get(name) ?? []), scene])
  }
  if (classes.size > 0) return classes
  throw refuse(`${place.source} has no annotated picture.`, { file: place.source, next: 'Name a folder with some.' })
}

async function readScene(image: SourceImage): Promise<Scene | undefined> {
  if (image.cells === undefined) return undefined
  const picture = await readPicture(image.path)
  const { width, height } = picture
  const annotation = await formats[image.cells.format].cells?.(
    image.cells,
    image.file,
    { width, height },
    new NoteLog()
  )
  if (annotation === undefined) return undefined
  const labels = new Uint32Array(width * height)
  for (const [i, { counts }] of annotation.cells.entries())
    paintRle(rleFromString(counts, height, width), labels, i + 1)
  const channels = isGray(picture) ? 1 : 3
  return { width, height, channels, image: toEightBit(picture, 'percentiles', channels === 1 ? 'gray' : 'rgb'), labels }
}

/** Half as wide and high: the mean of four pixels, and every second label. */
export function halfSize({ width, height, channels, image, labels }: Scene): Scene {
  const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)]
  const half = {
    width: w,
    height: h,
    channels,
    image: new Float32Array(w * h * channels),
    labels: new Uint32Array(w * h)
  }
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = 2 * y * width + 2 * x
      half.labels[y * w + x] = labels[from] ?? 0
      for (let c = 0; c < channels; c++) {
        const corners = [from, from + 1, from + width, from + width + 1].map(
          (pixel) => image[pixel * channels + c] ?? 0
        )
        half.image[(y * w + x) * channels + c] = corners.reduce((sum, value) => sum + value, 0) / 4
      }
    }
  }
  return half
}

/** Fewer pictures may be of very different kinds, so that sets of whole ones would differ however well they are dealt. */
const manyPictures = 40

/**
 * Tiles for a ladder in two halves, of every second picture each, or where there are few of the left and the right sides. Where a half has fewer than `count` tiles side by side, they overlap by half.
 */
export function tileHalves(scenes: readonly Scene[], side: number, count: number): TileHalves {
  const isSplit = scenes.length < manyPictures && scenes.every(({ width }) => width >= 2 * side)
  const parts = isSplit
    ? scenes.flatMap((scene, i) => (i % 2 === 0 ? leftAndRight(scene) : leftAndRight(scene).reverse()))
    : scenes
  const own = [0, 1].map((parity) => parts.filter((_, i) => i % 2 === parity))
  const cut = (step: number) => own.map((scenes) => scenes.flatMap((scene) => tilesOf(scene, side, step)))
  const beside = cut(side)
  const overlap = beside.some((tiles) => tiles.length < count)
  const [first = [], second = []] = overlap ? cut(side / 2) : beside
  const pick = (tiles: readonly Tile[], purpose: string) => new RandomStream(1, purpose).shuffled(tiles).slice(0, count)
  return { halves: [pick(first, 'first half'), pick(second, 'second half')], overlap }
}

function leftAndRight(scene: Scene): Scene[] {
  const width = Math.floor(scene.width / 2)
  return [0, scene.width - width].map((left) => crop(scene, left, 0, width, scene.height))
}

function tilesOf(scene: Scene, side: number, step: number): Tile[] {
  const tiles: Tile[] = []
  for (let y = 0; y + side <= scene.height; y += step) {
    for (let x = 0; x + side <= scene.width; x += step) {
      const { channels, image, labels } = crop(scene, x, y, side, side)
      tiles.push({ side, channels, image: Float32Array.from(image), labels })
    }
  }
  return tiles
}

function crop(
  { width: whole, channels, image, labels }: Scene,
  left: number,
  top: number,
  width: number,
  height: number
): Scene {
  const part = {
    width,
    height,
    channels,
    image: new Float32Array(width * height * channels),
    labels: new Uint32Array(width * height)
  }
  for (let y = 0; y < height; y++) {
    const from = (top + y) * whole + left
    part.image.set(image.subarray(from * channels, (from + width) * channels), y * width * channels)
    part.labels.set(labels.subarray(from, from + width), y * width)
  }
  return part
}
