import { mkdir, rename, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DatasetAbout } from '../../shared/abouts.ts'
import { type VerifyResult } from '../../shared/packages.ts'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { readLabelImage } from '../images/label-image.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { entryName, placeOf } from './entry-names.ts'
import { OutlineCollector } from './outlines.ts'
import { type PackageOptions, readPackage } from './package-reader.ts'
import { packedSetOf } from './packed-set.ts'
import { unfit } from './refusal.ts'

export interface OpenedPackage<About> {
  readonly about: About
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
 * Checks all of a package of a synthetic set (see `readPackage`) and writes its set to `folder` on the way, laid out as
 * in `synthetic/<id>/`. Where the package came without outlines, they are traced from the masks.
 *
 * The folder is one that the caller stages, keeps when this returns, and discards when it throws. Its `about.json`
 * still has the id and name of the computer that it comes from.
 *
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function openPackage(
  file: string,
  folder: string,
  options: PackageOptions = {}
): Promise<OpenedPackage<SyntheticAbout>> {
  for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true })
  const write = (path: string, bytes: Uint8Array) => writeFile(join(folder, path), bytes, { flag: 'wx' })
  const { about, manifest, verified } = await readPackage(file, options, write)
  if (about.kind !== 'synthetic') throw unfit(file, 'it holds a data set, not a synthetic one')
  if (!manifest.formats.includes('coco')) await traceOutlines(folder, about)
  return { about, verified }
}

/**
 * The same for the package of a data set: pictures and cells, laid out as in `datasets/<id>/`. What follows from them
 * (masks, outlines) is checked and not kept; `about.json` is the caller's to write.
 */
export async function openDataset(
  file: string,
  folder: string,
  options: PackageOptions = {}
): Promise<OpenedPackage<DatasetAbout>> {
  for (const name of ['images', 'cells']) await mkdir(join(folder, name), { recursive: true })
  const kept = new Set(['image', 'cells'])
  const write = async (path: string, bytes: Uint8Array) => {
    if (kept.has(placeOf(path) ?? '')) await writeFile(join(folder, path), bytes, { flag: 'wx' })
  }
  const { about, verified } = await readPackage(file, options, write)
  if (about.kind !== 'dataset') throw unfit(file, 'it holds a synthetic set, not a data set')
  await numberCells(folder, about)
  return { about, verified }
}

/** A package names cells after their pictures, a workspace by the pictures' numbers. */
async function numberCells(folder: string, { images }: DatasetAbout): Promise<void> {
  await rename(join(folder, 'cells'), join(folder, 'named'))
  await mkdir(join(folder, 'cells'))
  for (const { id, file } of images) {
    const named = join(folder, entryName.cells(file).replace(/^cells/, 'named'))
    await rename(named, join(folder, 'cells', `${id}.json`))
  }
  await rmdir(join(folder, 'named'))
}

async function traceOutlines(folder: string, about: SyntheticAbout): Promise<void> {
  const { classes, statement } = packedSetOf(about)
  const outlines = new OutlineCollector(
    classes.map(({ name }) => name),
    statement
  )
  for (const image of about.images) {
    const { labels, width, height } = await readLabelImage(join(folder, entryName.mask(image.file)))
    const ignored = (image.removed ?? []).map(({ counts }) => rleFromString(counts, height, width))
    outlines.add(image, labels, ignored)
  }
  await writeFile(join(folder, entryName.outlines), outlines.text(), { flag: 'wx' })
}
