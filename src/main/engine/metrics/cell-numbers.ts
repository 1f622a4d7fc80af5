import { type CellView } from './cell-view.ts'

/** What the cell distance counts and measures in a picture, one number each, in this order. */
export const cellNumberNames = [
  'cells',
  'size',
  'cover',
  'contrast',
  'step at the edge',
  'texture inside',
  'texture outside',
  'spread inside',
  'spread outside',
  'background',
  'touching',
  'outline',
  'tint inside',
  'tint outside'
] as const

/**
 * What lies beside the cells is as in a blank picture, as a rule, and so tells nothing of how much a difference counts: it
 * counts as much as one of the cells themselves.
 */
export const measuredAs: Partial<Record<CellNumberName, CellNumberName>> = {
  background: 'contrast',
  'tint outside': 'tint inside'
}

export type CellNumberName = (typeof cellNumberNames)[number]

/** Pieces of fewer pixels are no cells. */
const smallestCell = 6

/**
 * The numbers of one picture. Counts are taken by their root and roughness by its logarithm, so that no single picture
 * weighs by far the most; all are 0 of cells that are not there.
 */
export function cellNumbers(view: CellView): number[] {
  const { count, area, foreground } = measureCells(view)
  const { inside, outside, edge, touching, border } = measurePixels(view)
  const tint = (side: Side) => (side.pixels === 0 ? 0 : side.tint / side.pixels)
  const brightness = (side: Side) => (side.pixels === 0 ? 0 : side.sum / side.pixels)
  const background = outside.pixels === 0 ? brightness(inside) : brightness(outside)
  const meanArea = count === 0 ? 0 : area / count
  return [
    Math.sqrt(count),
    Math.sqrt(meanArea),
    Math.sqrt(foreground / view.labels.length),
    foreground === 0 ? 0 : brightness(inside) - background,
    edge.pairs === 0 ? 0 : edge.steps / edge.pairs,
    roughness(inside),
    roughness(outside),
    spread(inside),
    spread(outside),
    background,
    count === 0 ? 0 : touching / Math.sqrt(count * meanArea),
    foreground === 0 ? 0 : border / Math.sqrt(foreground * Math.max(1, count)),
    tint(inside),
    tint(outside)
  ]
}

function measureCells({ labels }: CellView): { count: number; area: number; foreground: number } {
  const areas = new Map<number, number>()
  let foreground = 0
  for (const cell of labels) {
    if (cell === 0) continue
    areas.set(cell, (areas.get(cell) ?? 0) + 1)
    foreground++
  }
  const cells = [...areas.values()].filter((area) => area >= smallestCell)
  return { count: cells.length, area: cells.reduce((sum, area) => sum + area, 0), foreground }
}

/** Sums over the pixels inside, or outside, of cells, and over pairs of neighbours of which both are. */
interface Side {
  pixels: number
  sum: number
  squares: number
  /** First plane less the second. */
  tint: number
  pairs: number
  squaredSteps: number
}

interface PixelSums {
  readonly inside: Side
  readonly outside: Side
  /** Over pairs of neighbours of which one is in a cell: how much brighter that one is. */
  readonly edge: { readonly pairs: number; readonly steps: number }
  /** Pairs of neighbours in two different cells, and all pairs that a border of a cell runs between. */
  readonly touching: number
  readonly border: number
}

function measurePixels({ side, planes: [first, second], labels }: CellView): PixelSums {
  const [inside, outside] = [emptySide(), emptySide()]
  const edge = { pairs: 0, steps: 0 }
  let [touching, border] = [0, 0]
  const gray = (pixel: number) => ((first[pixel] ?? 0) + (second[pixel] ?? 0)) / 2

  const addPair = (pixel: number, next: number) => {
    const [here, there] = [labels[pixel] ?? 0, labels[next] ?? 0]
    const step = gray(next) - gray(pixel)
    if (here === there) {
      const own = here > 0 ? inside : outside
      own.pairs++
      own.squaredSteps += step * step
      return
    }
    border++
    if (here > 0 && there > 0) {
      touching++
    } else {
      edge.pairs++
      edge.steps += here > 0 ? -step : step
    }
  }
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const own = (labels[pixel] ?? 0) > 0 ? inside : outside
    const value = gray(pixel)
    own.pixels++
    own.sum += value
    own.squares += value * value
    own.tint += (first[pixel] ?? 0) - (second[pixel] ?? 0)
    if ((pixel + 1) % side > 0) addPair(pixel, pixel + 1)
    if (pixel + side < labels.length) addPair(pixel, pixel + side)
  }
  return { inside, outside, edge, touching, border }
}

function emptySide(): Side {
  return { pixels: 0, sum: 0, squares: 0, tint: 0, pairs: 0, squaredSteps: 0 }
}

function roughness({ pairs, squaredSteps }: Side): number {
  return pairs === 0 ? 0 : Math.log1p(Math.sqrt(squaredSteps / pairs))
}

function spread({ pixels, sum, squares }: Side): number {
  return pixels === 0 ? 0 : Math.log1p(Math.sqrt(Math.max(0, squares / pixels - (sum / pixels) ** 2)))
}
