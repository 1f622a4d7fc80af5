import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type VerifyResult } from '../../shared/packages.ts'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { readLabelImage } from '../images/label-image.ts'
import { entryName } from './entry-names.ts'
import { OutlineCollector } from './outlines.ts'
import { type PackageOptions, readPackage } from './package-reader.ts'

export interface OpenedPackage {
  readonly about: SyntheticAbout
  readonly verified: VerifyResult
}

/**
 * Checks all of a package and writes nothing (see `readPackage`).
 *
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function verifyPackage(file: string, options: PackageOptions = {}): Promise<VerifyResult> {
  const { verified } = await readPackage(file, options)
  return verified
}

/**
 * Checks all of a package (see `readPackage`) and writes its set to `folder` on the way, laid out as in
 * `synthetic/<id>/`. Where the package came without outlines, they are traced from the masks.
 *
 * The folder is one that the caller stages, keeps when this returns, and discards when it throws. Its `about.json`
 * still has the id and name of the computer that it comes from.
 *
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function openPackage(file: string, folder: string, options: PackageOptions = {}): Promise<OpenedPackage> {
  for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true })
  const write = (path: string, bytes: Uint8Array) => writeFile(join(folder, path), bytes, { flag: 'wx' })
  const { about, manifest, verified } = await readPackage(file, options, write)
  if (!manifest.formats.includes('coco')) await traceOutlines(folder, about)
  return { about, verified }
}

async function traceOutlines(folder: string, { synthetic, images, provenance }: SyntheticAbout): Promise<void> {
  const statement = `Synthetic pictures made by ${provenance.software}; not photographs of real cells.`
  const outlines = new OutlineCollector(
    synthetic.classes.map(({ name }) => name),
    statement
  )
  for (const image of images) {
    const { labels } = await readLabelImage(join(folder, entryName.mask(image.file)))
    outlines.add(image, labels)
  }
  await writeFile(join(folder, entryName.outlines), outlines.text(), { flag: 'wx' })
}
