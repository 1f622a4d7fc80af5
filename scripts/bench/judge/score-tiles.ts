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
  /** The same without each group of tiles in turn: how much it owes to the tiles that happen to be there. */
  readonly without: readonly number[]
  /** FD-EffNet. */
  readonly frechet: number
}

/** So many groups of tiles are left out in turn, or fewer where these would be single tiles. */
const mostGroups = 8

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
  return {
    cellDistance: (a.cellDistance + b.cellDistance) / 2,
    without: a.without.map((value, group) => (value + (b.without[group] ?? value)) / 2),
    frechet: (a.frechet + b.frechet) / 2
  }
}

/** Scores tiles of one class against real ones. */
class TileJudge {
  readonly #network: PictureNetwork
  readonly #tones: Tones
  readonly #real: RealCells
  /** The real tiles without each group. */
  readonly #realWithout: readonly RealCells[]
  readonly #statistics: ReturnType<typeof featureStatistics>

  private constructor(
    network: PictureNetwork,
    tones: Tones,
    { vectors, blank, groups }: { vectors: Float32Array; blank: Float32Array; groups: number },
    features: Float32Array
  ) {
    this.#network = network
    this.#tones = tones
    this.#real = new RealCells(vectors, blank)
    this.#realWithout = withoutGroups(vectors, blank.length, groups).map((fewer) => new RealCells(fewer, blank))
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
    const groups = Math.max(2, Math.min(mostGroups, Math.floor(reference.length / 2)))
    return new TileJudge(network, tones, { vectors, blank, groups }, await plainFeatures(network, reference))
  }

  async score(tiles: readonly Tile[]): Promise<TileScores> {
    const vectors = await cellVectors(
      this.#network,
      tiles.map((tile) => viewOf(pictureOf(tile), this.#tones))
    )
    const features = featureStatistics(await plainFeatures(this.#network, tiles), this.#network.size)
    const size = vectors.length / tiles.length
    const fewer = withoutGroups(vectors, size, this.#realWithout.length)
    return {
      cellDistance: this.#real.distanceTo(vectors) ?? Number.NaN,
      without: fewer.map((some, group) => this.#realWithout[group]?.distanceTo(some) ?? Number.NaN),
      frechet: frechetDistance(this.#statistics, features).distance
    }
  }
}

/** The vectors without those of each group: of every tile whose number leaves that remainder. */
function withoutGroups(vectors: Float32Array, size: number, groups: number): Float32Array[] {
  const rows = Array.from({ length: vectors.length / size }, (_, row) => row)
  return Array.from({ length: groups }, (_, group) => {
    const kept = rows.filter((row) => row % groups !== group)
    const taken = new Float32Array(kept.length * size)
    for (const [i, row] of kept.entries()) taken.set(vectors.subarray(row * size, (row + 1) * size), i * size)
    return taken
  })
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
