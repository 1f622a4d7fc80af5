import { invariant } from '../../../src/shared/errors.ts'
import { labelComponents } from '../../../src/main/masks/components.ts'
import { RandomStream } from '../../../src/shared/random.ts'

/** A picture with its cells. */
export interface Tile {
  readonly side: number
  readonly channels: 1 | 3
  /** [side, side, channels], 0…255. */
  readonly image: Float32Array
  /** [side, side]: the number of each pixel's cell, 0 for background. */
  readonly labels: Uint32Array
}

/** One way to spoil real tiles. They are made when they are asked for: all rungs together may not fit into memory. */
export interface Rung {
  readonly name: string
  readonly make: () => Tile[]
}

/** The ladders that a judge has to climb: from each rung to the next its score has to rise. All begin with real tiles. */
export const ladders: readonly (readonly string[])[] = [
  ['real', 'blurred by 0.5', 'blurred by 1', 'blurred by 2'],
  ['real', 'a quarter painted over', 'half painted over', 'all painted over'],
  ['real', 'cells of half size'],
  ['real', 'cells of double size'],
  ['real', 'masks moved by 2', 'masks moved by a quarter'],
  ['real', 'masks of other tiles']
]

/** What shows no cell at all, and has to come last. */
export const emptyRungs: readonly string[] = ['all painted over', 'flat', 'dark noise', 'noise']

/** Real tiles as they are, and spoiled in every way; the same whenever they are made. */
export function rungsOf(tiles: readonly Tile[]): Rung[] {
  invariant(tiles.length > 0, 'tiles to spoil')
  const each = (name: string, spoil: (tile: Tile, random: RandomStream) => Tile): Rung => ({
    name,
    make: () => tiles.map((tile, i) => spoil(tile, new RandomStream(i, name)))
  })
  const [background, whole] = [backgroundOf(tiles), wholeOf(tiles)]
  return [
    each('real', (tile) => tile),
    each('blurred by 0.5', (tile) => blurred(tile, 0.5)),
    each('blurred by 1', (tile) => blurred(tile, 1)),
    each('blurred by 2', (tile) => blurred(tile, 2)),
    each('a quarter painted over', (tile, random) => paintedOver(tile, 0.25, random, background.mean)),
    each('half painted over', (tile, random) => paintedOver(tile, 0.5, random, background.mean)),
    each('all painted over', (tile, random) => paintedOver(tile, 1, random, background.mean)),
    each('cells of half size', halved),
    each('cells of double size', doubled),
    each('masks moved by 2', (tile) => maskMoved(tile, 2)),
    each('masks moved by a quarter', (tile) => maskMoved(tile, tile.side / 4)),
    {
      name: 'masks of other tiles',
      make: () => tiles.map((tile, i) => ({ ...tile, labels: nextOf(tiles, i).labels }))
    },
    each('noise', (tile, random) => noise(tile, whole, random)),
    each('dark noise', (tile, random) => noise(tile, background, random)),
    each('flat', (tile) => flat(tile, whole.mean))
  ]
}

/** The image through a Gaussian of this standard deviation, in pixels; beyond the border its pixels repeat. */
export function blurred(tile: Tile, sigma: number): Tile {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const along = (from: Tile, [dx, dy]: readonly [number, number]) =>
    drawn(from, (x, y, c) => {
      const terms = weights.map((weight, i) => weight * valueAt(from, x + dx * (i - reach), y + dy * (i - reach), c))
      return terms.reduce((sum, term) => sum + term, 0) / total
    })
  return along(along(tile, [1, 0]), [0, 1])
}

/** Pixels around a cell that are painted over with it. */
const margin = 2

/**
 * A share of the cells, each by chance, replaced by pixels drawn from the tile's background; gone from the mask too.
 *
 * @param otherwise what to paint where a tile has no background
 */
export function paintedOver(tile: Tile, share: number, random: RandomStream, otherwise: readonly number[]): Tile {
  const { side, channels, image, labels } = tile
  const gone = new Set([...new Set(labels)].filter((id) => id > 0 && random.uniform() < share))
  const background = [...labels.keys()].filter((pixel) => labels[pixel] === 0)
  const painted = image.slice()
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (!isNear(tile, pixel % side, Math.floor(pixel / side), gone)) continue
    const from = background.length > 0 ? (background[random.integer(background.length)] ?? 0) : undefined
    for (let c = 0; c < channels; c++) {
      painted[pixel * channels + c] = (from === undefined ? otherwise[c] : image[from * channels + c]) ?? 0
    }
  }
  return { ...tile, image: painted, labels: labels.map((id) => (gone.has(id) ? 0 : id)) }
}

function isNear({ side, labels }: Tile, x: number, y: number, cells: ReadonlySet<number>): boolean {
  for (let v = Math.max(0, y - margin); v <= Math.min(side - 1, y + margin); v++) {
    for (let u = Math.max(0, x - margin); u <= Math.min(side - 1, x + margin); u++) {
      if (cells.has(labels[v * side + u] ?? 0)) return true
    }
  }
  return false
}

/** A tile with its mirror images beside and below it, at half its size. */
export function halved(tile: Tile): Tile {
  const { side } = tile
  const mirrored = (position: number) => (position < side ? position : 2 * side - 1 - position)
  const shown = drawn(tile, (x, y, c) => {
    const corners = [0, 1].flatMap((dy) =>
      [0, 1].map((dx) => valueAt(tile, mirrored(2 * x + dx), mirrored(2 * y + dy), c))
    )
    return corners.reduce((sum, value) => sum + value, 0) / corners.length
  })
  const numbers = tile.labels.map((_, i) => labelAt(tile, mirrored(2 * (i % side)), mirrored(2 * Math.floor(i / side))))
  return { ...shown, labels: labelComponents(numbers, side, side, 8).labels } // a mirror image is a cell of its own
}

/** The middle of a tile, at double size. */
export function doubled(tile: Tile): Tile {
  const { side } = tile
  const place = (position: number) => side / 4 - 0.25 + position / 2 // of a small pixel's centre
  const shown = drawn(tile, (x, y, c) => {
    const [u, v] = [place(x), place(y)]
    const [left, top] = [Math.floor(u), Math.floor(v)]
    const row = (below: number) =>
      (left + 1 - u) * valueAt(tile, left, top + below, c) + (u - left) * valueAt(tile, left + 1, top + below, c)
    return (top + 1 - v) * row(0) + (v - top) * row(1)
  })
  const nearest = (position: number) => Math.round(place(position))
  return {
    ...shown,
    labels: tile.labels.map((_, i) => labelAt(tile, nearest(i % side), nearest(Math.floor(i / side))))
  }
}

/** The mask moved to the right and down; what leaves on one side returns on the other. */
export function maskMoved(tile: Tile, by: number): Tile {
  const { side, labels } = tile
  const from = (position: number) => (position - by + side) % side
  return { ...tile, labels: labels.map((_, i) => labels[from(Math.floor(i / side)) * side + from(i % side)] ?? 0) }
}

/** The tile a few places on, which is of another image as a rule. */
function nextOf(tiles: readonly Tile[], position: number): Tile {
  const next = tiles[(position + 7) % tiles.length]
  invariant(next, 'a position among the tiles')
  return next
}

/** Of each channel. */
interface Brightness {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** No cell, and every pixel drawn for itself; the channels rise and fall together. */
export function noise(tile: Tile, { mean, deviation }: Brightness, random: RandomStream): Tile {
  const draws = random.normals(tile.side ** 2)
  const empty = { ...tile, labels: new Uint32Array(tile.labels.length) }
  return drawn(empty, (x, y, c) => {
    const value = (mean[c] ?? 0) + (deviation[c] ?? 0) * (draws[y * tile.side + x] ?? 0)
    return Math.max(0, Math.min(255, value))
  })
}

/** No cell, and one brightness. */
export function flat(tile: Tile, value: readonly number[]): Tile {
  const empty = { ...tile, labels: new Uint32Array(tile.labels.length) }
  return drawn(empty, (_x, _y, c) => value[c] ?? 0)
}

function wholeOf(tiles: readonly Tile[]): Brightness {
  const channels = valuesOf(tiles, () => true)
  const mean = channels.map(meanOf)
  return {
    mean,
    deviation: channels.map((values, c) => Math.sqrt(meanOf(values.map((value) => (value - (mean[c] ?? 0)) ** 2))))
  }
}

/** By median and quartiles: some cells may have no mask. */
function backgroundOf(tiles: readonly Tile[]): Brightness {
  const channels = valuesOf(tiles, (label) => label === 0).map((values) => values.sort())
  const quantile = (values: Float32Array, share: number) => values[Math.floor(share * (values.length - 1))] ?? 0
  return {
    mean: channels.map((values) => quantile(values, 0.5)),
    deviation: channels.map((values) => Math.max(1, (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349))
  }
}

/** The values of each channel where the mask has what is asked for. */
function valuesOf(tiles: readonly Tile[], takes: (label: number) => boolean): Float32Array[] {
  const channels = tiles[0]?.channels ?? 1
  const values = Array.from({ length: channels }, () => new Float32Array(tiles.length * (tiles[0]?.labels.length ?? 0)))
  let count = 0
  for (const { image, labels } of tiles) {
    for (let pixel = 0; pixel < labels.length; pixel++) {
      if (!takes(labels[pixel] ?? 0)) continue
      for (const [c, own] of values.entries()) own[count] = image[pixel * channels + c] ?? 0
      count++
    }
  }
  return values.map((own) => own.subarray(0, count))
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function drawn(tile: Tile, valueOf: (x: number, y: number, c: number) => number): Tile {
  const { side, channels } = tile
  const image = new Float32Array(side * side * channels)
  for (let i = 0; i < image.length; i++) {
    const pixel = Math.floor(i / channels)
    image[i] = valueOf(pixel % side, Math.floor(pixel / side), i % channels)
  }
  return { ...tile, image }
}

function valueAt({ side, channels, image }: Tile, x: number, y: number, c: number): number {
  return image[(within(y, side) * side + within(x, side)) * channels + c] ?? 0
}

function labelAt({ side, labels }: Tile, x: number, y: number): number {
  return labels[within(y, side) * side + within(x, side)] ?? 0
}

function within(position: number, side: number): number {
  return Math.max(0, Math.min(side - 1, position))
}
