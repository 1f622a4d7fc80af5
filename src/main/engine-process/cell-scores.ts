import { type EvaluationResult } from '../../shared/evaluation.ts'
import { type ScoreAnchors } from '../../shared/training.ts'
import { blankPicture } from '../engine/metrics/cell-view.ts'
import { featureStatistics } from '../engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../engine/metrics/frechet-distance.ts'
import { PictureFeatures, type SampleQuality } from '../engine/metrics/sample-quality.ts'
import { type CellScorer, type RealCellFeatures } from './cell-scorer.ts'
import { type AfterPart, forEachPart, type PictureStream } from './picture-stream.ts'
import { type RealTiles } from './real-tiles.ts'
import { type Scorer } from './scorer.ts'

/** What both scores see of the same pictures. */
interface SeenTwice {
  readonly pictures: PictureFeatures
  readonly cells: PictureFeatures
}

/** Both scores' vectors of synthetic pictures, each of which is made once. */
export async function lookTwice(
  stream: PictureStream,
  scorer: Scorer,
  cellScorer: CellScorer,
  { tones }: RealCellFeatures,
  afterPart: AfterPart
): Promise<SeenTwice> {
  const count = stream.classes.length
  const [pictures, cells] = [new Float32Array(count * scorer.size), new Float32Array(count * cellScorer.size)]
  const take = async (pixels: Uint8Array, from: number, to: number) => {
    pictures.set(await scorer.vectorsOfPart(stream, pixels), from * scorer.size)
    cells.set(await cellScorer.vectorsOfPart(stream, tones, pixels, [from, to]), from * cellScorer.size)
  }
  await forEachPart(stream, take, afterPart)
  return {
    pictures: new PictureFeatures(pictures, scorer.size, stream.classes),
    cells: new PictureFeatures(cells, cellScorer.size, stream.classes)
  }
}

type CellParts = Pick<EvaluationResult, 'metrics' | 'mean' | 'anchors' | 'cellsFrom'>

/** The scores of each class and their means, with the cell distance and the ends of both scales. */
export async function withCellScores(
  { classes, mean }: SampleQuality,
  real: { readonly tiles: RealTiles; readonly features: PictureFeatures; readonly cells: RealCellFeatures },
  fakeCells: PictureFeatures,
  { scorer, cellScorer, names }: { scorer: Scorer; cellScorer: CellScorer; names: readonly string[] }
): Promise<CellParts> {
  const distances = cellScorer.distances(real.cells, fakeCells)
  const metrics: CellParts['metrics'] = []
  for (const { name, ...numbers } of classes) {
    const cells = distances.find((distance) => distance.name === name)
    const empty = await distanceOfBlank(real, names.indexOf(name), scorer)
    metrics.push({
      class: name,
      ...numbers,
      ...(empty !== undefined && { empty }),
      ...(cells && { cellDistance: cells.cellDistance }),
      ...(cells?.anchors.real !== undefined && { cellDistanceOfHalves: cells.anchors.real })
    })
  }
  const empty = meanOf(metrics.map((metric) => metric.empty))
  const cellDistance = meanOf(distances.map((distance) => distance.cellDistance))
  if (empty === undefined || cellDistance === undefined) return { metrics, mean }
  return {
    metrics,
    mean: { ...mean, cellDistance },
    anchors: {
      frechet: anchors(meanOf(metrics.map(({ realHalves }) => realHalves)), empty),
      cellDistance: anchors(meanOf(distances.map(({ anchors: { real: halves } }) => halves)), 1)
    },
    cellsFrom: cellScorer.basis
  }
}

/** The Fréchet distance that blank pictures have, of the brightness of the real ones' background. */
async function distanceOfBlank(
  { tiles, features, cells }: { tiles: RealTiles; features: PictureFeatures; cells: RealCellFeatures },
  index: number,
  scorer: Scorer
): Promise<number | undefined> {
  const tones = cells.tones[index]
  if (tones === undefined) return undefined
  const pixels = Uint8Array.from(blankPicture(tiles.height, tones).pixels)
  const vector = await scorer.vectorsOfPart(tiles, pixels)
  const twice = Float32Array.from([...vector, ...vector]) // two equal pictures: no spread
  return frechetDistance(features.statistics(index), featureStatistics(twice, scorer.size)).distance
}

function anchors(real: number | undefined, empty: number): ScoreAnchors {
  return { ...(real !== undefined && { real }), empty }
}

/** Of those that are there; undefined where none is. */
function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.flatMap((value) => value ?? [])
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
}
