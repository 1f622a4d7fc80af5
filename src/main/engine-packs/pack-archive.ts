import { mkdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PackDescription } from '../../shared/engine-packs.ts'
import { refuse } from '../../shared/errors.ts'
import { placeOf } from '../../shared/issue-words.ts'
import { moveToFreePath, requireFreePath, stageFolder } from '../files/atomic-write.ts'
import { sha256File } from '../files/checksum.ts'
import { requireSpace } from '../files/disk-space.ts'
import { type ZipEntry } from '../files/zip/policy.ts'
import { type ZipReader } from '../files/zip/reader.ts'
import { writeZip } from '../files/zip/writer.ts'
import { type PackTools } from './build-pack.ts'
import { descriptionName, markReady } from './pack-folder.ts'
import { stopIfAsked } from './stopping.ts'
import { extract, openPackZip, readText, unfit } from './pack-zip.ts'

const descriptionLimit = 2 ** 20

/** Writes a pack as one file, for a computer without internet. */
export async function writePackArchive(
  folder: string,
  { files }: PackDescription,
  out: string
): Promise<{ file: string; bytes: number; sha256: string }> {
  await requireFreePath(out)
  await mkdir(dirname(out), { recursive: true })
  const staged = await stageFolder(`${out}.unfinished`)
  try {
    const whole = join(staged.path, basename(out))
    const names = [descriptionName, ...files.map(({ path }) => path)]
    await writeZip(
      whole,
      names.map((name) => ({ name, file: join(folder, name) }))
    )
    const { size: bytes } = await stat(whole)
    const sha256 = await sha256File(whole)
    await moveToFreePath(whole, out)
    return { file: out, bytes, sha256 }
  } finally {
    await staged.discard()
  }
}

/** What an archive says that it is; undefined where it is no pack. */
export async function describeArchive(file: string): Promise<PackDescription | undefined> {
  const zip = await openPackZip(file)
  try {
    return zip.find(descriptionName) === undefined ? undefined : (await readDescription(zip)).description
  } finally {
    zip.close()
  }
}

/** Whether a zip is a pack, by what it holds and not by its name. */
export async function isPackArchive(file: string): Promise<boolean> {
  const zip = await openPackZip(file)
  zip.close()
  return zip.find(descriptionName) !== undefined
}

/**
 * Takes a pack out of its archive, whole or not at all: for this computer, with every file as `pack.json` states it and
 * none besides, and with a library that computes what plain JavaScript computes.
 *
 * The hashes guard against damage. They do not say who made the pack, and a library can do whatever its maker wants.
 */
export async function installArchive(
  file: string,
  folderOf: (description: PackDescription) => string,
  tools: Omit<PackTools, 'download'> & { readonly approve: () => Promise<void> }
): Promise<PackDescription> {
  const zip = await openPackZip(file)
  try {
    const { text, description } = await readDescription(zip)
    const contents = checkContents(zip, description)
    const folder = folderOf(description)
    if (await exists(folder)) {
      throw refuse(`There is already an engine pack called ${description.name}.`, {
        file: folder,
        next: 'Remove it to make room for this one.',
        remedies: [{ action: 'remove-engine', name: description.name }]
      })
    }
    await tools.approve()
    const staged = await stageFolder(folder)
    try {
      const needed = description.files.reduce((sum, { bytes }) => sum + bytes, 0)
      await requireSpace(staged.path, needed, 'The pack')
      await extractAll(zip, contents, staged.path, tools)
      await writeFile(join(staged.path, descriptionName), text)
      tools.report('check', 0, 1)
      await tools.verify(staged.path, description.kind)
      await markReady(staged.path)
      await staged.commit()
    } finally {
      await staged.discard()
    }
    return description
  } finally {
    zip.close()
  }
}

async function readDescription(zip: ZipReader): Promise<{ text: string; description: PackDescription }> {
  const entry = zip.find(descriptionName)
  if (entry === undefined) throw unfit(zip.path, `it is not an engine pack: ${descriptionName} is not in it`)
  const text = await readText(zip, entry, descriptionLimit)
  let parsed: ReturnType<typeof PackDescription.safeParse>
  try {
    parsed = PackDescription.safeParse(JSON.parse(text))
  } catch {
    throw unfit(zip.path, `its ${descriptionName} is not JSON`)
  }
  if (!parsed.success) {
    throw unfit(zip.path, `its ${descriptionName} does not describe a pack at ${placeOf(parsed.error)}`)
  }
  return { text, description: parsed.data }
}

/** A file of the pack as described and as the zip has it. */
interface Content {
  readonly entry: ZipEntry
  readonly sha256: string
}

function checkContents(zip: ZipReader, { platform, arch, files, licence }: PackDescription): Content[] {
  if (platform !== process.platform || arch !== process.arch) {
    throw refuse(
      `${zip.path} is for another kind of computer (${platform}-${arch}); this one is ${process.platform}-${process.arch}.`,
      {
        file: zip.path,
        next: 'Have the pack made on a computer like this one.',
        remedies: [{ action: 'archive-engine' }]
      }
    )
  }
  const listed = new Set([descriptionName, ...files.map(({ path }) => path)])
  if (listed.size !== files.length + 1) throw unfit(zip.path, 'its description lists a file twice')
  if (!listed.has(licence)) throw unfit(zip.path, 'the licence of the library is not in it')
  const extra = zip.entries.find(({ name }) => !listed.has(name))
  if (extra !== undefined) throw unfit(zip.path, `${JSON.stringify(extra.name)} is in it, but not in its description`)
  return files.map(({ path, bytes, sha256 }) => {
    const entry = zip.find(path)
    if (entry === undefined) throw unfit(zip.path, `${path} is missing`)
    if (entry.bytes !== bytes) throw unfit(zip.path, `${path} does not have the size that its description states`)
    return { entry, sha256 }
  })
}

async function extractAll(
  zip: ZipReader,
  contents: readonly Content[],
  folder: string,
  { signal, report }: Omit<PackTools, 'download'>
): Promise<void> {
  for (const [i, { entry, sha256 }] of contents.entries()) {
    stopIfAsked(signal)
    report('unpack', i, contents.length)
    if ((await extract(zip, entry, join(folder, entry.name), signal)) !== sha256) {
      throw unfit(zip.path, `${entry.name} does not have the SHA-256 that its description states`)
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
