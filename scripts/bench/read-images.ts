import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { toEightBit } from '../../src/main/images/eight-bit.ts'
import { encodeGrayPng8 } from '../../src/main/images/png-encode.ts'
import { isPictureName, readPicture } from '../../src/main/images/read.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { type BenchResult } from './result.ts'

const repetitions = 5
const [width, height] = [704, 520]

/** Pictures from disk to 8 bits, one after the other: LIVECell's TIFF where it is, else made PNG of its size. */
export async function benchReadImages(): Promise<BenchResult> {
  const real = resolve(import.meta.dirname, '../../../shared/data/livecell-mini/images/livecell_train_val_images')
  if (existsSync(real)) return timeReading(real, 'LIVECell images')
  const made = await mkdtemp(join(tmpdir(), 'cytoloom-bench-'))
  try {
    for (let i = 0; i < 30; i++) await writeFile(join(made, `${i}.png`), madePicture(i))
    return await timeReading(made, 'made images')
  } finally {
    await rm(made, { recursive: true })
  }
}

async function timeReading(folder: string, unit: string): Promise<BenchResult> {
  const files = (await readdir(folder)).filter(isPictureName).map((file) => join(folder, file))
  await readAll(files) // the first time warms caches and compilers
  const seconds: number[] = []
  for (let i = 0; i < repetitions; i++) {
    const start = performance.now()
    await readAll(files)
    seconds.push((performance.now() - start) / 1000)
  }
  seconds.sort((a, b) => a - b)
  const [min = 0, median = 0] = [seconds[0], seconds[repetitions >> 1]]
  return { name: 'read-images', threads: 1, seconds: { min, median }, unit, perSecond: files.length / median }
}

async function readAll(files: readonly string[]): Promise<void> {
  for (const file of files) toEightBit(await readPicture(file), 'percentiles', 'gray')
}

/** Noise about as strong as that of phase contrast. */
function madePicture(seed: number): Uint8Array {
  const random = new RandomStream(seed, 'picture')
  const pixels = Uint8Array.from({ length: width * height }, () => 128 + 11 * random.normal())
  return encodeGrayPng8(pixels, width, height)
}
