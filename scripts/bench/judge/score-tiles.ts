import { RealCells } from '../../../src/main/engine/metrics/cell-distance.ts'
import { cellVectors } from '../../../src/main/engine/metrics/cell-vectors.ts'
import {
  blankPicture,
  type CellPicture,
  ToneCount,
  type Tones,
  viewOf
} from '../../../src/main/engine/metrics/cell-view.ts'
import { featureStatistics } from '../../../src/main/engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../../../src/main/engine/metrics/frechet-distance.ts'
import { type PictureNetwork } from '../../../src/main/engine/networks/picture-network.ts'
import { rungsOf, type Tile } from './ladder.ts'

/** What a judge says of tiles. */
export interface TileScores {
  readonly cellDistance: number
  /** FD-EffNet. */
  readonly frechet: number
}

/**
 * The scores of each half's rungs against the other half as it is, in the mean. Both ways are taken, since halves are never
 * quite alike: where one has more cells than the other, to paint some of them over brings it nearer.
 */
export async function scoreBothWays(
  network: PictureNetwork,
  [first, second]: readonly [readonly Tile[], readonly Tile[]],
  tell: (rung: string) => void
): Promise<Map<string, TileScores>> {
  const there = await scoreRungs(network, first, second, tell)
  const back = await scoreRungs(network, second, first, tell)
  return new Map([...there].map(([rung, score]) => [rung, meanOf(score, back.get(rung) ?? score)]))
}

async function scoreRungs(
  network: PictureNetwork,
  reference: readonly Tile[],
  spoiled: readonly Tile[],
  tell: (rung: string) => void
): Promise<Map<string, TileScores>> {
  const judge = await TileJudge.of(network, reference)
  const scores = new Map<string, TileScores>()
  for (const { name, make } of rungsOf(spoiled)) {
    tell(name)
    scores.set(name, await judge.score(make()))
  }
  return scores
}

function meanOf(a: TileScores, b: TileScores): TileScores {
  return { cellDistance: (a.cellDistance + b.cellDistance) / 2, frechet: (a.frechet + b.frechet) / 2 }
}

/** Scores tiles of one class against real ones. */
class TileJudge {
  readonly #network: PictureNetwork
  readonly #tones: Tones
  readonly #real: RealCells
  readonly #statistics: ReturnType<typeof featureStatistics>

  private constructor(network: PictureNetwork, tones: Tones, real: RealCells, features: Float32Array) {
    this.#network = network
    this.#tones = tones
    this.#real = real
    this.#statistics = featureStatistics(features, network.size)
  }

  static async of(network: PictureNetwork, reference: readonly Tile[]): Promise<TileJudge> {
    const [{ side, channels } = { side: 0, channels: 1 as const }] = reference
    const count = new ToneCount(channels)
    for (const tile of reference) count.add(pictureOf(tile))
    const { tones } = count
    const vectors = await cellVectors(
      network,
      reference.map((tile) => viewOf(pictureOf(tile), tones))
    )
    const blank = await cellVectors(network, [viewOf(blankPicture(side, tones), tones)])
    return new TileJudge(network, tones, new RealCells(vectors, blank), await plainFeatures(network, reference))
  }

  async score(tiles: readonly Tile[]): Promise<TileScores> {
    const vectors = await cellVectors(
      this.#network,
      tiles.map((tile) => viewOf(pictureOf(tile), this.#tones))
    )
    const features = featureStatistics(await plainFeatures(this.#network, tiles), this.#network.size)
    return {
      cellDistance: this.#real.distanceTo(vectors) ?? Number.NaN,
      frechet: frechetDistance(this.#statistics, features).distance
    }
  }
}

function pictureOf({ side, channels, image, labels }: Tile): CellPicture {
  return { side, channels, labels, pixels: Uint8Array.from(image, Math.round) }
}

async function plainFeatures(network: PictureNetwork, tiles: readonly Tile[]): Promise<Float32Array> {
  const [{ side, channels } = { side: 0, channels: 1 as const }] = tiles
  const pixels = new Uint8Array(tiles.length * side * side * channels)
  for (const [i, tile] of tiles.entries()) pixels.set(pictureOf(tile).pixels, i * side * side * channels)
  return network.features(pixels, tiles.length, side, side, channels)
}
