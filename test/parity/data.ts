import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CocoAnnotation, type CocoImage } from './coco-files.ts'
import { type ParityResult } from './result.ts'

/** What COCO annotation files hold. */
export interface Truth {
  images: CocoImage[]
  annotations: CocoAnnotation[]
}

/** A file of the data that golden sets refer to: beside their folder, else beside this repository. */
export function findData(folder: string, file: string): string {
  const beside = join(folder, '../../data', file)
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../../shared/data', file)
}

/** The annotations that the sets `coco` and `masks` are made from. */
export async function readLivecell(folder: string): Promise<Truth | undefined> {
  const annotations = 'livecell-mini/annotations/LIVECell'
  const files = ['test', 'val'].map((split) => findData(folder, `${annotations}/livecell_coco_${split}.json`))
  if (!files.every((file) => existsSync(file))) return undefined
  const splits = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Truth))
  return { images: splits.flatMap((split) => split.images), annotations: splits.flatMap((split) => split.annotations) }
}

/** Says that a comparison could not be made, which is not the same as agreeing. */
export function missingData(what: string): ParityResult {
  return { name: `${what} (the data is absent)`, relative: NaN, absolute: NaN, tolerance: 'none', ok: false }
}
