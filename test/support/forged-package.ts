import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { sha256 } from '../../src/main/files/checksum.ts'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { packageLimits } from '../../src/main/packages/limits.ts'
import { openPackage, verifyPackage } from '../../src/main/packages/read-package.ts'
import { type Manifest } from '../../src/shared/packages.ts'
import { type SyntheticAbout } from '../../src/shared/synthetic.ts'
import { type RawEntry, readRawZip } from './raw-zip.ts'
import { makeSyntheticSet } from './synthetic-set.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A good package of two pictures. */
export const good = await makeGoodPackage()
/** What is in it. */
export const entries: readonly RawEntry[] = readRawZip(good)

async function makeGoodPackage(): Promise<Buffer> {
  const folder = await temporaryFolder(afterAll)
  const out = join(folder, 'good.zip')
  await createPackage({
    folder: join(folder, 'set'),
    about: await makeSyntheticSet(join(folder, 'set'), 2, 12),
    out,
    formats: ['coco', 'labels'],
    license: 'CC0-1.0',
    author: 'A. Scientist',
    now: new Date('2025-03-02T00:00:00.000Z'),
    software: 'CytoLoom 0.1.0'
  })
  return readFile(out)
}

/** Opens the archive and expects the sentence; nothing may be written beside the folder for it. */
export async function refusal(zip: Buffer, limits = packageLimits): Promise<string> {
  const folder = await temporaryFolder()
  const file = join(folder, 'stranger.zip')
  await writeFile(file, zip)
  const thrown: unknown = await openPackage(file, join(folder, 'inside'), { limits }).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ name: 'AppError', kind: 'input', file })
  expect(thrown).toHaveProperty('next', expect.stringMatching(/\w/))
  expect((await readdir(folder)).sort()).toEqual(['inside', 'stranger.zip'])
  const verified: unknown = await verifyPackage(file, { limits }).catch((error: unknown) => error)
  expect(verified).toMatchObject({ message: (thrown as Error).message }) // toMatchObject above showed that it is one
  return (thrown as Error).message.replace(file, 'FILE')
}

/** The good entries with one of them changed. */
export function altered(name: string, change: Partial<RawEntry>): RawEntry[] {
  return entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry))
}

/** The good entries with other contents, and a manifest that fits to them. */
export function forged(
  changes: Record<string, Uint8Array>,
  changeManifest = (manifest: Manifest) => manifest
): RawEntry[] {
  const contents = entries.map((entry) => ({ ...entry, bytes: changes[entry.name] ?? entry.bytes }))
  const manifest = contents[0]
  const about = JSON.parse(Buffer.from(contents[2]?.bytes ?? '').toString()) as SyntheticAbout // as it was written
  const { name, seed, images, cells, classes } = about.synthetic
  const listed = changeManifest({
    ...(JSON.parse(Buffer.from(manifest?.bytes ?? '').toString()) as Manifest), // as it was written
    ...{ name, seed, images, cells, classes },
    entries: contents.slice(1).map((entry) => ({
      path: entry.name,
      bytes: entry.bytes.length,
      sha256: sha256(entry.bytes)
    }))
  })
  return [{ name: 'manifest.json', bytes: Buffer.from(JSON.stringify(listed)) }, ...contents.slice(1)]
}

/** A JSON entry of the good package. */
export function jsonOf(name: string): Record<string, unknown> {
  const bytes = entries.find((entry) => entry.name === name)?.bytes ?? Buffer.alloc(0)
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown> // our own files hold objects
}
