import { type PreparedAbout } from '../../shared/masks.ts'
import { type ClassHealth, type RealClass } from '../../shared/set-report.ts'
import { CellTally } from '../engine/metrics/cell-tally.ts'
import { compareWithReal } from '../engine/metrics/set-health.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { keepPlausible, MaskReader, observePicture } from './mask-reader.ts'
import { imageBytes } from './sample-bytes.ts'

/** Pictures from which the grays of a generator's masks are learned. */
const firstPictures = 16
/** Pixels of a class that are looked at. */
const mostPixels = 2 ** 24

interface Subject {
  readonly generator: Generator
  readonly classes: readonly string[]
  /** Of each picture that will be seen, by its number. */
  readonly labels: Int32Array
  readonly about: PreparedAbout
  readonly real: readonly RealClass[]
}

/**
 * Looks at pictures with their masks while they are made for another purpose: how many cells of what size they show, and
 * how well masks and pictures agree. Implausible cells are taken out as from a synthetic set; pictures are all kept.
 */
export class GeneratedCells {
  readonly #subject: Subject
  readonly #reader: MaskReader
  readonly #tallies: readonly CellTally[]
  readonly #seen: number[]
  /** Pictures are made more than once, the first time in their order. */
  #next = 0

  private constructor(subject: Subject, reader: MaskReader) {
    this.#subject = subject
    this.#reader = reader
    this.#tallies = subject.classes.map(() => new CellTally())
    this.#seen = subject.classes.map(() => 0)
  }

  static async begin(subject: Subject, drawing: { seed: number; batch: number }): Promise<GeneratedCells> {
    const { generator, classes, about } = subject
    const labels = Int32Array.from({ length: firstPictures }, (_, i) => i % classes.length)
    const samples = await sampleGenerator(generator, { ...drawing, labels, firstIndex: 0 })
    const size = samples.length / labels.length
    const first = Array.from(labels, (_, i) => samples.subarray(i * size, (i + 1) * size))
    return new GeneratedCells(subject, new MaskReader(generator.settings, about.result.prepared.grayLevels, first))
  }

  /** @param samples pictures one after the other, [R, R, planes] each; the first has this number */
  take(samples: Float32Array, from: number): void {
    const { resolution, imageChannels, maskChannels } = this.#subject.generator.settings
    const size = resolution ** 2 * (imageChannels + maskChannels)
    const count = samples.length / size
    for (let i = Math.max(0, this.#next - from); i < count; i++) {
      this.#look(samples.subarray(i * size, (i + 1) * size), from + i)
      this.#next = from + i + 1
    }
  }

  health(): ClassHealth[] {
    const { classes, real } = this.#subject
    const seen = classes.flatMap((name, label) => {
      const statistics = this.#tallies[label]?.statistics()
      return statistics === undefined || statistics.pictures === 0 ? [] : [{ class: name, statistics }]
    })
    return compareWithReal(seen, real)
  }

  #look(sample: Float32Array, number: number): void {
    const { generator, labels, classes, about, real } = this.#subject
    const { resolution: side, imageChannels } = generator.settings
    const label = labels[number] ?? 0
    const seen = this.#seen[label] ?? 0
    if ((seen + 1) * side ** 2 > mostPixels) return
    this.#seen[label] = seen + 1
    const limits = about.limits.find((limit) => limit.class === classes[label])
    const pixels = imageBytes(sample, generator.settings)
    const foreground = real.find((known) => known.class === classes[label])?.foreground
    const picture = { pixels, height: side, width: side, channels: imageChannels }
    const mask = keepPlausible(this.#reader.read(sample), side, limits)
    this.#tallies[label]?.add(observePicture(picture, mask, foreground))
  }
}
