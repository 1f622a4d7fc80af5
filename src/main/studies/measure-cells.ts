import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonOf } from '../files/json-or-nothing.ts'
import { readLabelImage } from '../images/label-image.ts'
import { rleArea } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import type { PictureGroup } from './segmenter.ts'

/** Areas of cells in pixels, and the pixels of the pictures that they are in. */
export interface MeasuredCells {
  readonly areas: readonly number[]
  readonly pixels: number
}

/** The cells of some pictures of a set. @param most so many pictures are measured */
export async function measureCells({ kind, folder, images }: PictureGroup, most: number): Promise<MeasuredCells> {
  const about = Sizes.parse(jsonOf(await readFile(join(folder, 'about.json'), 'utf8')))
  const byFile = new Map(about.images.map((image) => [image.file, image]))
  const some = images.slice(0, most).flatMap((file) => byFile.get(file) ?? [])
  const areas = await Promise.all(
    some.map((image) =>
      kind === 'dataset' ? storedAreas(folder, image) : maskAreas(join(folder, 'masks', image.file))
    )
  )
  return { areas: areas.flat(), pixels: some.reduce((sum, { width, height }) => sum + width * height, 0) }
}

const Size = z.object({ id: z.int().optional(), file: z.string(), width: z.int(), height: z.int() })
const Sizes = z.object({ images: z.array(Size) })
const Runs = z.array(z.object({ counts: z.string() }))

async function storedAreas(folder: string, { id, width, height }: z.infer<typeof Size>): Promise<number[]> {
  const stored = Runs.safeParse(jsonOf(await readFile(join(folder, 'cells', `${id}.json`), 'utf8'))).data ?? []
  return stored.map(({ counts }) => rleArea(rleFromString(counts, height, width)))
}

async function maskAreas(file: string): Promise<number[]> {
  const { labels } = await readLabelImage(file)
  const areas = new Map<number, number>()
  for (const label of labels) if (label > 0) areas.set(label, (areas.get(label) ?? 0) + 1)
  return [...areas.values()]
}
