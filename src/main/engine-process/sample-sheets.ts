import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TrainingSettings } from '../../shared/training.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { drawContactSheet } from '../images/contact-sheet.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { imageBytes, maskGrays } from './sample-bytes.ts'
import { samplingBatch } from '../engine/memory-model.ts'

/** Pictures of each class on a sheet. */
const perClass = 4

/** Sheets of the same few pictures at every stage of a run: a row for each class, each image beside its mask. */
export class SampleSheets {
  readonly #folder: string
  readonly #settings: TrainingSettings
  readonly #classes: readonly string[]

  constructor(runFolder: string, settings: TrainingSettings, classes: readonly string[]) {
    this.#folder = join(runFolder, 'samples')
    this.#settings = settings
    this.#classes = classes
  }

  /**
   * @param goOn called before every part; what it throws ends the work
   * @returns the name of the sheet's file in `samples/`
   */
  async draw(generator: Generator, iteration: number, goOn?: () => Promise<void>): Promise<string> {
    await goOn?.()
    const { seed, network } = this.#settings
    const { resolution, imageChannels, maskChannels } = network
    const labels = Int32Array.from(this.#classes.flatMap((_, label) => new Array<number>(perClass).fill(label)))
    const batch = Math.min(perClass, samplingBatch(network))
    const samples = await sampleGenerator(generator, { labels, seed, firstIndex: 0, batch, afterBatch: goOn })
    const size = resolution ** 2 * (imageChannels + maskChannels)
    const rows = this.#classes.map((title, label) => ({
      title,
      samples: Array.from({ length: perClass }, (_, i) => {
        const sample = samples.subarray((label * perClass + i) * size, (label * perClass + i + 1) * size)
        return {
          image: imageBytes(sample, network),
          imageChannels,
          mask: maskChannels === 0 ? undefined : { gray: Uint8Array.from(maskGrays(sample, network)) }
        }
      })
    }))
    const file = `${String(iteration).padStart(6, '0')}.png`
    await mkdir(this.#folder, { recursive: true })
    const sheet = drawContactSheet(rows, resolution)
    await writeFileAtomic(join(this.#folder, file), encodeRgbPng(sheet.pixels, sheet.width, sheet.height))
    return file
  }
}
