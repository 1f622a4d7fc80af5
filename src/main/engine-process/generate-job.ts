import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { type CellLimits } from '../../shared/masks.ts'
import { type RemovedCell, type SyntheticImage } from '../../shared/synthetic.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { restoreGenerator } from '../engine/gan/training-state.ts'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../images/png-encode.ts'
import { drawLabels } from '../images/label-colours.ts'
import { describeRemoved, filterByArea } from '../masks/area-filter.ts'
import { decodeGrayMask, estimateLevels, evenLevels } from '../masks/decode.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type GenerateJob, type GenerateOutcome } from '../jobs/engine-protocol.ts'
import { OutlineCollector } from '../packages/outlines.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { grayBytes, imageBytes } from './sample-bytes.ts'
import { startEngine } from './start-engine.ts'

/** Pictures made at once. */
const batch = 16
/** At most this many are made for each one that is wanted; then the filter has the last word no longer. */
const attemptsPerPicture = 4

/** Makes a synthetic set from a run's best model: pictures, label images, outlines. */
export async function generateSet(job: GenerateJob, channel: Channel): Promise<void> {
  await startEngine(job, channel)
  const { tensors, checkpoint } = await new CheckpointFolder(job.runFolder).chooseModel()
  const generator = restoreGenerator(job.settings, tensors.generatorEma)
  const maker = new SetMaker(job, generator, channel)
  await maker.learnLevels()
  for (const [label, count] of job.counts.entries()) await maker.makeClass(label, count)
  await channel.send({ type: 'generated', outcome: await maker.finish(checkpoint.iteration) })
  generator.dispose()
}

interface Candidate {
  readonly index: number
  readonly image: Uint8Array
  readonly labels: Uint32Array
  readonly cells: number
  readonly removed: readonly RemovedCell[]
  readonly drop: string | undefined
}

class SetMaker {
  readonly #job: GenerateJob
  readonly #generator: Generator
  readonly #channel: Channel
  readonly #outlines: OutlineCollector
  readonly #images: SyntheticImage[] = []
  readonly #warnings: string[] = []
  /** The gray of each label, background first. */
  #levels: readonly number[]
  /** How the file names of each class begin. */
  readonly #stems: readonly string[]
  readonly #why = new Map<string, number>()
  #removedCells = 0
  #droppedImages = 0
  #nextIndex = 0

  constructor(job: GenerateJob, generator: Generator, channel: Channel) {
    this.#job = job
    this.#generator = generator
    this.#channel = channel
    this.#outlines = new OutlineCollector(job.classes, job.statement)
    this.#stems = fileStems(job.classes)
    this.#levels = evenLevels(job.grayLevels)
  }

  /** Finds the grays that this generator paints, from one batch of all classes in turn. */
  async learnLevels(): Promise<void> {
    const labels = Int32Array.from({ length: batch }, (_, i) => i % this.#job.classes.length)
    const samples = await this.#sample(labels, 0)
    const { levels, warning } = estimateLevels(
      samples.map((sample) => grayBytes(sample, this.#job.settings.network.imageChannels)),
      this.#job.grayLevels
    )
    this.#levels = levels
    if (warning !== undefined) this.#warnings.push(warning)
  }

  /** Makes `count` pictures of one class that pass the filter, or the best it can, and says so. */
  async makeClass(label: number, count: number): Promise<void> {
    const name = this.#job.classes[label] ?? ''
    const rejected: Candidate[] = []
    let kept = 0
    for (let made = 0; kept < count && made < count * attemptsPerPicture; made += batch) {
      for (const candidate of await this.#makeBatch(label)) {
        if (kept === count) break
        if (candidate.drop === undefined) await this.#keep(candidate, label, ++kept)
        else rejected.push(candidate)
      }
    }
    const missing = count - kept
    if (missing > 0) {
      this.#warnings.push(
        `${name}: only ${kept} of ${count} pictures looked like real ones in number and size of cells; the others are kept without their implausible cells. More training helps.`
      )
    }
    for (const candidate of rejected.slice(0, missing)) await this.#keep(candidate, label, ++kept)
    this.#countDropped(rejected.slice(missing))
  }

  async finish(iteration: number): Promise<GenerateOutcome> {
    await writeFile(join(this.#job.outFolder, 'outlines.coco.json'), this.#outlines.text())
    return {
      images: this.#images,
      filtered: { cells: this.#removedCells, images: this.#droppedImages, why: Object.fromEntries(this.#why) },
      warnings: this.#warnings,
      iteration
    }
  }

  async #makeBatch(label: number): Promise<Candidate[]> {
    if (this.#channel.pause.aborted) {
      throw new AppError('stopped', 'Generation was stopped; nothing was kept.', {
        next: 'Start it again at any time: the same seed gives the same pictures.'
      })
    }
    const { settings, limits, grayLevels, classes } = this.#job
    const firstIndex = this.#nextIndex
    this.#nextIndex += batch
    const samples = await this.#sample(new Int32Array(batch).fill(label), firstIndex)
    const { resolution, imageChannels } = settings.network
    const real = limits?.find((limit) => limit.class === classes[label])
    return samples.map((sample, i) => {
      const gray = grayBytes(sample, imageChannels)
      const mask = decodeGrayMask(gray, resolution, resolution, grayLevels, { levels: this.#levels })
      return { index: firstIndex + i, image: imageBytes(sample, imageChannels), ...filtered(mask, resolution, real) }
    })
  }

  /** One sample [R, R, image planes + 1] for each label. */
  async #sample(labels: Int32Array, firstIndex: number): Promise<Float32Array[]> {
    const { seed, truncation } = this.#job
    const samples = await sampleGenerator(this.#generator, {
      labels,
      seed,
      firstIndex,
      batch,
      ...(truncation === 1 ? {} : { truncation: { psi: truncation } })
    })
    const size = samples.length / labels.length
    return Array.from(labels, (_, i) => samples.subarray(i * size, (i + 1) * size))
  }

  async #keep(candidate: Candidate, label: number, position: number): Promise<void> {
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
    await writeFile(
      join(outFolder, 'previews', file),
      encodeRgbPng(drawLabels(candidate.labels), resolution, resolution, texts)
    )
    this.#outlines.add(
      { file, class: className, width: resolution, height: resolution },
      candidate.labels,
      candidate.removed.map(({ counts }) => rleFromString(counts, resolution, resolution))
    )
    this.#images.push({
      file,
      index: candidate.index,
      class: className,
      width: resolution,
      height: resolution,
      cells: candidate.cells,
      removedCells: candidate.removed.length,
      removed: [...candidate.removed]
    })
    this.#countReasons(candidate.removed.map(({ reason }) => reason))
    this.#removedCells += candidate.removed.length
    const total = this.#job.counts.reduce((sum, count) => sum + count, 0)
    await this.#channel.send({ type: 'progress', stage: 'generate', done: this.#images.length, total })
  }

  #countDropped(candidates: readonly Candidate[]): void {
    this.#droppedImages += candidates.length
    this.#countReasons(candidates.map(({ drop }) => drop ?? ''))
  }

  #countReasons(reasons: Iterable<string>): void {
    for (const reason of reasons) this.#why.set(reason, (this.#why.get(reason) ?? 0) + 1)
  }
}

function filtered(
  mask: { readonly labels: Uint32Array; readonly cells: number },
  resolution: number,
  limits: CellLimits | undefined
): Omit<Candidate, 'index' | 'image'> {
  if (limits === undefined) return { labels: mask.labels, cells: mask.cells, removed: [], drop: undefined }
  const { labels, cells, removed, drop } = filterByArea(mask.labels, resolution, resolution, limits)
  return { labels, cells, drop, removed: describeRemoved(mask.labels, resolution, resolution, removed) }
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
