import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, invariant } from '../../shared/errors.ts'
import { type CellLimits } from '../../shared/masks.ts'
import { type ClassHealth, type RealClass } from '../../shared/set-report.ts'
import { type RemovedCell, type SyntheticImage } from '../../shared/synthetic.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { restoreGenerator } from '../engine/gan/training-state.ts'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../images/png-encode.ts'
import { drawPreview } from '../images/preview.ts'
import { describeRemoved, filterByArea } from '../masks/area-filter.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type GenerateJob, type GenerateOutcome } from '../jobs/engine-protocol.ts'
import { OutlineCollector } from '../packages/outlines.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { requireMemoryForPictures } from './memory-plan.ts'
import { MaskReader, observePicture, type ReadMask } from './mask-reader.ts'
import { describeRealCells } from './real-cells.ts'
import { imageBytes } from './sample-bytes.ts'
import { samplingBatch } from '../engine/memory-model.ts'
import { CellTally } from '../engine/metrics/cell-tally.ts'
import { compareWithReal, healthFindings, overallMaskFit } from '../engine/metrics/set-health.ts'
import { startEngine } from './start-engine.ts'

/** Pictures of a class that are numbered, and looked at, together. */
const round = 16
/** At most this many are made for each one that is wanted; then the filter has the last word no longer. */
const attemptsPerPicture = 4

/** Makes a synthetic set from a run's best model: pictures, label images, outlines. */
export async function generateSet(job: GenerateJob, channel: Channel): Promise<void> {
  await tellProgress(job, channel, 0)
  const { name } = await startEngine(job, channel)
  requireMemoryForPictures(job.settings, name)
  const { tensors, checkpoint } = await new CheckpointFolder(job.runFolder).chooseModel(job.checkpoint)
  const generator = restoreGenerator(job.settings, tensors.generatorEma)
  const maker = new SetMaker(job, generator, channel)
  await maker.learn()
  await tellProgress(job, channel, 0)
  for (const [label, count] of job.counts.entries()) await maker.makeClass(label, count)
  await channel.send({ type: 'generated', outcome: await maker.finish(checkpoint.iteration) })
  generator.dispose()
}

interface Candidate {
  readonly index: number
  readonly image: Uint8Array
  /** The mask as it was read, and what the filter left of it. */
  readonly read: Uint32Array
  readonly labels: Uint32Array
  readonly cells: number
  /** Before the filter. */
  readonly found: { readonly decoded: number; readonly phantoms: number }
  readonly removed: readonly RemovedCell[]
  readonly drop: string | undefined
}

/** A picture that the filter rejected, with the first number of the round that it was made in. */
interface Rejected {
  readonly index: number
  readonly firstIndex: number
  readonly drop: string
}

class SetMaker {
  readonly #job: GenerateJob
  readonly #generator: Generator
  readonly #channel: Channel
  readonly #outlines: OutlineCollector
  readonly #images: SyntheticImage[] = []
  readonly #warnings: string[] = []
  readonly #tallies: readonly CellTally[]
  #reader: MaskReader | undefined
  #real: readonly RealClass[] = []
  /** How the file names of each class begin. */
  readonly #stems: readonly string[]
  readonly #why = new Map<string, number>()
  #removedCells = 0
  #decodedCells = 0
  #phantoms = 0
  #droppedImages = 0
  #nextIndex = 0

  constructor(job: GenerateJob, generator: Generator, channel: Channel) {
    this.#job = job
    this.#generator = generator
    this.#channel = channel
    this.#outlines = new OutlineCollector(job.classes, job.statement)
    this.#stems = fileStems(job.classes)
    this.#tallies = job.classes.map(() => new CellTally())
  }

  /** Finds out which grays this generator paints, from one batch of all classes in turn, and what real tiles are like. */
  async learn(): Promise<void> {
    const { classes, settings, grayLevels } = this.#job
    const labels = Int32Array.from({ length: round }, (_, i) => i % classes.length)
    this.#reader = new MaskReader(settings.network, grayLevels, await this.#sample(labels, 0))
    if (this.#reader.warning !== undefined) this.#warnings.push(this.#reader.warning)
    this.#real = await this.#describeReal()
  }

  /** Pictures are made whether or not there is something to compare them with. */
  async #describeReal(): Promise<readonly RealClass[]> {
    const { real, preparedFolder, settings, classes } = this.#job
    if (real !== undefined || preparedFolder === undefined) return real ?? []
    try {
      return await describeRealCells({ preparedFolder, settings, classes }, () => this.#refuseIfStopped())
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.kind === 'stopped') throw thrown
      this.#warnings.push(`The pictures were not compared with real tiles. ${thrown.message}`)
      return []
    }
  }

  /** Makes `count` pictures of one class that pass the filter, or the best it can, and says so. */
  async makeClass(label: number, count: number): Promise<void> {
    const name = this.#job.classes[label] ?? ''
    const rejected: Rejected[] = []
    let kept = 0
    for (let made = 0; kept < count && made < count * attemptsPerPicture; made += round) {
      const firstIndex = this.#nextIndex
      this.#nextIndex += round
      for await (const { drop, ...candidate } of this.#makeRound(label, firstIndex)) {
        if (drop === undefined) await this.#keep(candidate, label, ++kept)
        else rejected.push({ index: candidate.index, firstIndex, drop })
        if (kept === count) break
      }
    }
    const missing = count - kept
    if (missing > 0) {
      this.#warnings.push(
        `${name}: only ${kept} of ${count} pictures looked like real ones in number and size of cells; the others are kept without their implausible cells. More training helps.`
      )
    }
    await this.#keepRejected(rejected.slice(0, missing), label, kept)
    this.#countDropped(rejected.slice(missing))
    const own = this.#images.filter((image) => image.class === name)
    if (own.length > 0 && own.every(({ cells, removedCells }) => cells === 0 && removedCells > 0)) {
      this.#warnings.push(
        `${name}: not one cell is left, since the area filter took all of them for implausible. Train further, or generate without the filter.`
      )
    }
  }

  /** Only the numbers of rejected pictures are kept, since a picture depends on its number alone: these are made once more. */
  async #keepRejected(rejected: readonly Rejected[], label: number, before: number): Promise<void> {
    let kept = before
    for (const [firstIndex, wanted] of Map.groupBy(rejected, (candidate) => candidate.firstIndex)) {
      for await (const candidate of this.#makeRound(label, firstIndex)) {
        if (wanted.some(({ index }) => index === candidate.index)) await this.#keep(candidate, label, ++kept)
      }
    }
  }

  async finish(iteration: number): Promise<GenerateOutcome> {
    await writeFile(join(this.#job.outFolder, 'outlines.coco.json'), this.#outlines.text())
    const health = this.#compareWithReal()
    const maskFit = overallMaskFit(health)
    this.#warnings.push(...healthFindings(health))
    return {
      health,
      ...(maskFit === undefined ? {} : { maskFit }),
      images: this.#images,
      filtered: { cells: this.#removedCells, images: this.#droppedImages, why: Object.fromEntries(this.#why) },
      phantoms: { cells: this.#phantoms, share: this.#decodedCells === 0 ? 0 : this.#phantoms / this.#decodedCells },
      warnings: this.#warnings,
      iteration
    }
  }

  /** Only classes of which there are pictures. */
  #compareWithReal(): ClassHealth[] {
    const made = this.#job.classes.map((name, label) => ({
      class: name,
      statistics: (this.#tallies[label] ?? new CellTally()).statistics()
    }))
    return compareWithReal(
      made.filter(({ statistics }) => statistics.pictures > 0),
      this.#real
    )
  }

  async *#makeRound(label: number, firstIndex: number): AsyncGenerator<Candidate> {
    const { settings, limits, classes } = this.#job
    const { network } = settings
    const samples = await this.#sample(new Int32Array(round).fill(label), firstIndex)
    const real = limits?.find((limit) => limit.class === classes[label])
    for (const [i, sample] of samples.entries()) {
      await this.#refuseIfStopped()
      const mask = this.#requireReader().read(sample)
      const found = { decoded: mask.cells, phantoms: mask.phantoms }
      const image = imageBytes(sample, network)
      yield { index: firstIndex + i, image, found, ...filtered(mask, network.resolution, real) }
    }
  }

  #requireReader(): MaskReader {
    invariant(this.#reader, 'the grays are known before a mask is read')
    return this.#reader
  }

  #refuseIfStopped(): Promise<void> {
    return this.#channel.refuseIfStopped(
      'Generation was stopped; nothing was kept.',
      'Start it again at any time: the same seed gives the same pictures.'
    )
  }

  /** One sample [R, R, image planes + mask planes] for each label. */
  async #sample(labels: Int32Array, firstIndex: number): Promise<Float32Array[]> {
    const { seed, truncation } = this.#job
    const samples = await sampleGenerator(this.#generator, {
      labels,
      seed,
      firstIndex,
      batch: samplingBatch(this.#job.settings.network),
      afterBatch: () => this.#refuseIfStopped(),
      ...(truncation === 1 ? {} : { truncation: { psi: truncation } })
    })
    const size = samples.length / labels.length
    return Array.from(labels, (_, i) => samples.subarray(i * size, (i + 1) * size))
  }

  async #keep(candidate: Omit<Candidate, 'drop'>, label: number, position: number): Promise<void> {
    const className = this.#job.classes[label] ?? ''
    const { resolution, imageChannels } = this.#job.settings.network
    const file = `${this.#stems[label] ?? ''}-${String(position).padStart(5, '0')}.png`
    const texts = {
      Description: `${this.#job.statement} Class ${className}, seed ${this.#job.seed}, number ${candidate.index}.`,
      Source: 'synthetic'
    }
    const encode = imageChannels === 3 ? encodeRgbPng : encodeGrayPng8
    const { outFolder } = this.#job
    await writeFile(join(outFolder, 'images', file), encode(candidate.image, resolution, resolution, texts))
    await writeFile(join(outFolder, 'masks', file), encodeLabelPng16(candidate.labels, resolution, resolution, texts))
    const square = { width: resolution, height: resolution }
    const preview = drawPreview({ image: candidate.image, imageChannels, labels: candidate.labels, ...square })
    await writeFile(
      join(outFolder, 'previews', file),
      encodeRgbPng(preview.pixels, preview.width, preview.height, texts)
    )
    this.#outlines.add(
      { file, class: className, ...square },
      candidate.labels,
      candidate.removed.map(({ counts }) => rleFromString(counts, resolution, resolution))
    )
    const picture = { pixels: candidate.image, height: resolution, width: resolution, channels: imageChannels }
    const foreground = this.#real.find((real) => real.class === className)?.foreground
    const observed = observePicture(picture, candidate, foreground)
    this.#tallies[label]?.add(observed)
    this.#images.push({
      file,
      index: candidate.index,
      class: className,
      ...square,
      cells: candidate.cells,
      removedCells: candidate.removed.length,
      removed: [...candidate.removed],
      ...(observed.fit === undefined ? {} : { maskFit: observed.fit })
    })
    this.#countReasons(candidate.removed.map(({ reason }) => reason))
    this.#removedCells += candidate.removed.length
    this.#decodedCells += candidate.found.decoded
    this.#phantoms += candidate.found.phantoms
    await tellProgress(this.#job, this.#channel, this.#images.length)
  }

  #countDropped(candidates: readonly Rejected[]): void {
    this.#droppedImages += candidates.length
    this.#countReasons(candidates.map(({ drop }) => drop))
  }

  #countReasons(reasons: Iterable<string>): void {
    for (const reason of reasons) this.#why.set(reason, (this.#why.get(reason) ?? 0) + 1)
  }
}

function filtered(
  mask: ReadMask,
  resolution: number,
  limits: CellLimits | undefined
): Omit<Candidate, 'index' | 'image' | 'found'> {
  if (limits === undefined) {
    return { read: mask.labels, labels: mask.labels, cells: mask.cells, removed: [], drop: undefined }
  }
  const { labels, cells, removed, drop } = filterByArea(mask.labels, resolution, resolution, limits)
  return {
    read: mask.labels,
    labels,
    cells,
    drop,
    removed: describeRemoved(mask.labels, resolution, resolution, removed)
  }
}

/** Class names in letters, digits and hyphens, for file names that every system takes; those that fall together get a number. */
function fileStems(classes: readonly string[]): string[] {
  const stems = classes.map((name) => {
    const plain = name
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
    return plain.slice(0, 60) || 'class'
  })
  const isTwice = (stem: string): boolean =>
    stems.filter((other) => other.toLowerCase() === stem.toLowerCase()).length > 1
  return stems.map((stem, i) => (isTwice(stem) ? `${stem}-${i + 1}` : stem))
}

function tellProgress({ counts }: GenerateJob, channel: Channel, done: number): Promise<void> {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return channel.send({ type: 'progress', stage: 'generate', done, total })
}
