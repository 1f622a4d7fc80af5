import { createHash } from 'node:crypto'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { type ScoreAnchors } from '../../shared/training.ts'
import { type Evaluation } from '../engine/gan/training-loop.ts'
import { RealCells } from '../engine/metrics/cell-distance.ts'
import { cellVectors, cellVectorSize } from '../engine/metrics/cell-vectors.ts'
import {
  asBrightAsCells,
  blankPicture,
  type CellPicture,
  plainTones,
  ToneCount,
  type Tones,
  viewOf
} from '../engine/metrics/cell-view.ts'
import { PictureFeatures } from '../engine/metrics/sample-quality.ts'
import { withVariety } from '../engine/metrics/variety.ts'
import { type PictureNetwork } from '../engine/networks/picture-network.ts'
import { labelComponents } from '../masks/components.ts'
import { FeatureCache } from './feature-cache.ts'
import { loadPictureNetwork } from './picture-networks.ts'
import { type AfterPart, forEachPart, type PictureStream } from './picture-stream.ts'
import { type RealTiles } from './real-tiles.ts'
import { type ScoredRun } from './scorer.ts'

/** The score that sees cells (docs/decisions/0038). */
export const cellMetric = 'cell distance'

/** What is kept of real pictures changes with this number. */
const version = 1

/** Real pictures as the cell distance compares others with them. */
export interface RealCellFeatures {
  readonly features: PictureFeatures
  /** Of each class, as all that follows. */
  readonly tones: readonly Tones[]
  /** Absent where a class has no picture. */
  readonly cells: readonly (RealCells | undefined)[]
}

export interface ClassCellDistance {
  readonly name: string
  readonly cellDistance: number
  readonly anchors: ScoreAnchors
  readonly real: number
  readonly fake: number
}

/** Compares pictures and their cells with real ones; what the real ones give is worked out once and kept. */
export class CellScorer {
  readonly #network: PictureNetwork
  readonly #sha256: string
  readonly #run: ScoredRun
  readonly #cache: FeatureCache

  private constructor(run: ScoredRun, network: PictureNetwork, sha256: string) {
    this.#run = run
    this.#network = network
    this.#sha256 = sha256
    this.#cache = new FeatureCache(join(run.preparedFolder, 'features'))
  }

  static async open(run: ScoredRun): Promise<CellScorer> {
    const { network, features } = await loadPictureNetwork(run.resources, { network: 'effnet' })
    return new CellScorer(run, network, features.sha256)
  }

  /** Where cells are: in masks, or for a generator without them as far as brightness tells, of real pictures alike. */
  get #hasMasks(): boolean {
    return this.#run.settings.network.maskChannels > 0
  }

  async featuresOfReal(real: RealTiles, afterPart?: AfterPart): Promise<RealCellFeatures> {
    const { inputs, shape, tones } = await this.#study(real)
    const vectors = await this.#cache.provide(inputs, shape, () => this.#vectors(real, tones, afterPart))
    return this.#known(vectors, real, tones)
  }

  /** The same where it was kept. */
  async findFeaturesOfReal(real: RealTiles): Promise<RealCellFeatures | undefined> {
    const { inputs, shape, tones } = await this.#study(real)
    const vectors = await this.#cache.find(inputs, shape)
    return vectors && this.#known(vectors, real, tones)
  }

  /** @param real whose tones pictures are seen in; where they are not known yet, as they are */
  async featuresOf(
    pictures: PictureStream,
    real: RealCellFeatures | undefined,
    afterPart?: AfterPart
  ): Promise<PictureFeatures> {
    const tones = real?.tones ?? this.#run.classes.map(() => plainTones)
    const vectors = await this.#vectors(pictures, tones, afterPart)
    return new PictureFeatures(vectors, cellVectorSize(this.#network), pictures.classes)
  }

  /** Of each class that has two pictures of either kind, and cells or anything else to tell a picture from a blank one. */
  distances({ features, cells }: RealCellFeatures, fake: PictureFeatures): ClassCellDistance[] {
    return this.#run.classes.flatMap((name, index) => {
      const counts = { real: features.count(index), fake: fake.count(index) }
      if (Math.min(counts.real, counts.fake) < 2) return []
      const own = cells[index]
      const cellDistance = own?.distanceTo(fake.vectors(index))
      if (own === undefined || cellDistance === undefined) return []
      const halves = own.distanceOfHalves()
      return [{ name, cellDistance, anchors: { ...(halves !== undefined && { real: halves }), empty: 1 }, ...counts }]
    })
  }

  /** One number and its parts, for the run's history. */
  score(real: RealCellFeatures, fake: PictureFeatures): Evaluation {
    const classes = this.distances(real, fake)
    const halves = classes.flatMap(({ anchors }) => anchors.real ?? [])
    const distances = classes.map(({ anchors: _, ...distance }) => distance)
    return {
      metric: cellMetric,
      // Where nothing can be told from a blank picture, no model is nearer than another.
      value: classes.length === 0 ? 1 : mean(classes.map(({ cellDistance }) => cellDistance)),
      classes: withVariety(distances, this.#run.classes, [real.features, fake], this.#network.size),
      anchors: { ...(halves.length > 0 && { real: mean(halves) }), empty: 1 }
    }
  }

  /** Length of a vector. */
  get size(): number {
    return cellVectorSize(this.#network)
  }

  /** How cells are found. */
  get basis(): 'masks' | 'brightness' {
    return this.#hasMasks ? 'masks' : 'brightness'
  }

  dispose(): void {
    this.#network.dispose()
  }

  async #known(vectors: Float32Array, real: RealTiles, tones: readonly Tones[]): Promise<RealCellFeatures> {
    const features = new PictureFeatures(vectors, cellVectorSize(this.#network), real.classes)
    const cells: (RealCells | undefined)[] = []
    for (const [index, own] of tones.entries()) {
      const hasPictures = features.count(index) > 0
      const blank = hasPictures && (await cellVectors(this.#network, [viewOf(blankPicture(real.height, own), own)]))
      cells.push(blank ? new RealCells(features.vectors(index), blank) : undefined)
    }
    return { features, tones, cells }
  }

  /** Counts the tones of each class, and takes down everything that the vectors depend on. */
  async #study(real: RealTiles) {
    const seen = createHash('sha256')
    const counts = this.#run.classes.map(() => new ToneCount(real.channels === 3 ? 3 : 1))
    await forEachPart(real, async (pixels, from, to) => {
      const cells = await real.cells(from, to)
      seen.update(pixels).update(cells)
      for (const [i, picture] of picturesOf(real, pixels, cells).entries())
        counts[real.classes[from + i] ?? 0]?.add(picture)
    })
    const tones = counts.map((count) => count.tones)
    const inputs = {
      cells: version,
      pictures: seen.digest('hex'),
      classes: createHash('sha256').update(real.classes).digest('hex'),
      size: `${real.height} × ${real.width} × ${real.channels}`,
      found: this.basis,
      network: this.#sha256,
      engine: tf.getBackend()
    }
    return { inputs, shape: [real.classes.length, cellVectorSize(this.#network)] as const, tones }
  }

  async #vectors(stream: PictureStream, tones: readonly Tones[], afterPart?: AfterPart): Promise<Float32Array> {
    const size = cellVectorSize(this.#network)
    const vectors = new Float32Array(stream.classes.length * size)
    const take = async (pixels: Uint8Array, from: number, to: number) => {
      vectors.set(await this.vectorsOfPart(stream, tones, pixels, [from, to]), from * size)
    }
    await forEachPart(stream, take, afterPart)
    return vectors
  }

  /** The vectors of some pictures of a stream, whose pixels are there already. */
  async vectorsOfPart(
    stream: PictureStream,
    tones: readonly Tones[],
    pixels: Uint8Array,
    [from, to]: readonly [number, number]
  ): Promise<Float32Array> {
    const cells = this.#hasMasks ? await stream.cells?.(from, to) : undefined
    const views = picturesOf(stream, pixels, cells).flatMap((picture, i) => {
      const own = tones[stream.classes[from + i] ?? 0]
      return own ? [viewOf(cells ? picture : withBrightCells(picture, own), own)] : []
    })
    return cellVectors(this.#network, views)
  }
}

function picturesOf(
  { height: side, channels }: PictureStream,
  pixels: Uint8Array,
  cells: Uint32Array | undefined
): CellPicture[] {
  const [area, planes] = [side * side, channels === 3 ? 3 : 1] as const
  return Array.from({ length: pixels.length / (area * planes) }, (_, i) => ({
    side,
    channels: planes,
    pixels: pixels.subarray(i * area * planes, (i + 1) * area * planes),
    labels: cells?.subarray(i * area, (i + 1) * area) ?? new Uint32Array(area)
  }))
}

function withBrightCells(picture: CellPicture, tones: Tones): CellPicture {
  const { side } = picture
  return { ...picture, labels: labelComponents(asBrightAsCells(picture, tones), side, side, 8).labels }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
