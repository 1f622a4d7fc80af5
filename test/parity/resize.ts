import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Picture, resizePicture, type Resizer } from '../../src/main/engine/metrics/resize.ts'
import { type NpyArray, readNpz } from '../../src/main/files/npz.ts'
import { readPicture } from '../../src/main/images/read.ts'
import { refuse } from '../../src/shared/errors.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

const resizers: Record<string, Resizer> = {
  'tf1-bilinear': 'tf1-bilinear',
  'halfpixel-bilinear': 'half-pixel-bilinear',
  'pil-bicubic-antialias': 'pil-bicubic',
  'pil-bilinear-antialias': 'pil-bilinear'
}

const ResizeFile = z.object({
  output: z.tuple([z.int(), z.int()]),
  sampled_rows_and_columns: z.array(z.int()),
  images: z.array(z.object({ file: z.string(), input: z.tuple([z.int(), z.int(), z.int()]) })),
  one_dimensional: z.array(z.looseObject({ in: z.array(z.number()), out: z.int() }))
})
type ResizeFile = z.infer<typeof ResizeFile>

/** Compares the four resizers: `resize.json` and `resize.npz` of the set `fid`. */
export async function* compareResizers(folder: string): AsyncGenerator<ParityResult> {
  const path = join(folder, 'resize.json')
  const parsed = ResizeFile.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw refuse(`${path} does not describe resized pictures.`, { file: path })
  const file = parsed.data
  for (const [variant, resizer] of Object.entries(resizers)) yield compareRows(file, variant, resizer)

  if (file.images.length === 0) return
  const arrays = await readNpz(join(folder, 'resize.npz'))
  for (const [index, { file: name, input }] of file.images.entries()) {
    const source = join(folder, '../../data', name)
    if (!existsSync(source)) continue // the pictures stand in the data beside the golden folder
    const picture = await readInput(source, input)
    for (const [variant, resizer] of Object.entries(resizers)) {
      const expected = (part: string) => arrays[`${index}:${variant}:${part}`]
      yield* comparePicture(`fid/resize ${index} ${variant}`, resizePicture(picture, ...file.output, resizer), {
        file,
        channels: input[2],
        expected
      })
    }
  }
}

function compareRows({ one_dimensional: rows }: ResizeFile, variant: string, resizer: Resizer): ParityResult {
  const deviation = new Deviation()
  for (const row of rows) {
    const line = { height: 1, width: row.in.length, channels: 1, values: row.in }
    deviation.compareAll(resizePicture(line, 1, row.out, resizer), z.array(z.number()).parse(row[variant]))
  }
  return deviation.within(`fid/resize rows ${variant}`, 1e-4)
}

/** The 8-bit picture that was resized: 16-bit values without their lower byte, gray as one plane. */
async function readInput(path: string, [height, width, channels]: [number, number, number]): Promise<Picture> {
  const { data, channels: stored, bits } = await readPicture(path)
  const values = new Float64Array(height * width * channels)
  for (let i = 0; i < values.length; i++) {
    const value = data[Math.floor(i / channels) * stored + (i % channels)] ?? NaN
    values[i] = bits === 16 ? value >> 8 : value
  }
  return { height, width, channels, values }
}

interface ExpectedPicture {
  readonly file: ResizeFile
  readonly channels: number
  readonly expected: (part: string) => NpyArray | undefined
}

function* comparePicture(
  name: string,
  got: Float64Array,
  { file, channels, expected }: ExpectedPicture
): Generator<ParityResult> {
  const [height, width] = file.output
  const { sampled_rows_and_columns: sampled } = file
  const at = (row: number, column: number, channel: number) => got[(row * width + column) * channels + channel] ?? NaN
  const planes = range(channels)

  const samples = new Deviation()
  const chosen = sampled.flatMap((row) => sampled.flatMap((column) => planes.map((plane) => at(row, column, plane))))
  samples.compareAll(chosen, expected('samples')?.data)
  yield samples.within(`${name}: samples`, 2e-3)

  const sums = new Deviation()
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const rowSum = (row: number) => planes.map((plane) => sum(range(width).map((column) => at(row, column, plane))))
  const columnSum = (column: number) => planes.map((plane) => sum(range(height).map((row) => at(row, column, plane))))
  sums.compareAll(range(height).flatMap(rowSum), expected('row_sums')?.data)
  sums.compareAll(range(width).flatMap(columnSum), expected('column_sums')?.data)
  yield sums.within(`${name}: sums`, 0.1)
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i)
}
