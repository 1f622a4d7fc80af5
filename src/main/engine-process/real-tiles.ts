import { type TrainingSettings } from '../../shared/training.ts'
import { type EvaluationTiles, type TileSource } from '../datasets/tile-source.ts'
import { readLevels } from './mask-reader.ts'
import { type PictureStream } from './picture-stream.ts'

/** Real pictures for scores, and where each comes from. */
export interface RealTiles extends PictureStream {
  readonly places: EvaluationTiles['places']
  readonly cells: NonNullable<PictureStream['cells']>
}

/** @param count pictures in all; each class brings an equal share, or as many different ones as it has */
export function realTiles(
  tiles: TileSource,
  { network: { resolution, imageChannels } }: TrainingSettings,
  classes: readonly string[],
  count: number
): RealTiles {
  const share = Math.ceil(count / classes.length)
  const perClass = classes.map((_, label) => tiles.evaluationTiles(label, share))
  const all = perClass.flatMap((ofClass, label) =>
    ofClass.places.map((place, i) => ({
      ...{ place, label },
      read: () => ofClass.read(i),
      readLevels: () => ofClass.readLevels(i)
    }))
  )
  // A single picture has no spread to compare; taken twice it has none either, but training can go on.
  const taken = all.length === 1 ? [...all, ...all] : all
  return {
    places: taken.map(({ place }) => place),
    classes: Int32Array.from(taken, ({ label }) => label),
    height: resolution,
    width: resolution,
    channels: imageChannels,
    pixels: (from, to) => together(taken.slice(from, to).map(({ read }) => read)),
    cells: async (from, to) => {
      const area = resolution ** 2
      const cells = new Uint32Array((to - from) * area)
      for (const [i, tile] of taken.slice(from, to).entries()) {
        cells.set(readLevels(await tile.readLevels(), resolution, tiles.grayLevels).labels, i * area)
      }
      return cells
    }
  }
}

async function together(reads: readonly (() => Promise<Uint8Array>)[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (const read of reads) parts.push(await read())
  return new Uint8Array(Buffer.concat(parts))
}
