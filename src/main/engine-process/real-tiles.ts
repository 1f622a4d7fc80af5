import { type TrainingSettings } from '../../shared/training.ts'
import { type EvaluationTiles, type TileSource } from '../datasets/tile-source.ts'
import { type PictureSet } from '../engine/metrics/sample-quality.ts'

/** Real pictures for scores, and where each comes from. */
export interface RealTiles extends PictureSet {
  readonly pixels: Uint8Array
  readonly places: EvaluationTiles['places']
}

/** @param count pictures in all; each class brings an equal share, or as many different ones as it has */
export async function readRealTiles(
  tiles: TileSource,
  { network: { resolution, imageChannels } }: TrainingSettings,
  classes: readonly string[],
  count: number
): Promise<RealTiles> {
  const share = Math.ceil(count / classes.length)
  const perClass = await Promise.all(classes.map((_, label) => tiles.evaluationTiles(label, share)))
  const labels = perClass.flatMap(({ places }, label) => places.map(() => label))
  const all = {
    pixels: new Uint8Array(Buffer.concat(perClass.map(({ pixels }) => pixels))),
    places: perClass.flatMap(({ places }) => places),
    classes: labels,
    height: resolution,
    width: resolution,
    channels: imageChannels
  }
  return labels.length === 1 ? doubled(all) : all
}

/** A single picture has no spread to compare; taken twice it has none either, but training can go on. */
function doubled(tiles: RealTiles): RealTiles {
  const { pixels, places, classes } = tiles
  return {
    ...tiles,
    pixels: new Uint8Array(Buffer.concat([pixels, pixels])),
    places: [...places, ...places],
    classes: [...Array.from(classes), ...Array.from(classes)]
  }
}
