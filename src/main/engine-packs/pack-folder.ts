import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { PackDescription } from '../../shared/engine-packs.ts'
import { sha256, sha256File } from '../files/checksum.ts'

export const descriptionName = 'pack.json'
/** Written last: holds the SHA-256 of the description, so that neither can be there without the other. */
const markName = 'ready'

/** Measures each file and writes `pack.json`. */
export async function describePack(
  folder: string,
  about: Omit<PackDescription, 'files' | 'format'>,
  paths: readonly string[]
): Promise<PackDescription> {
  const files: PackDescription['files'] = []
  for (const path of [...paths].sort()) {
    const file = join(folder, path)
    files.push({ path, bytes: (await stat(file)).size, sha256: await sha256File(file) })
  }
  const description = PackDescription.parse({ format: 1, ...about, files })
  await writeFile(join(folder, descriptionName), `${JSON.stringify(description, null, 2)}\n`, { flag: 'wx' })
  return description
}

/** Says that the pack in this folder computes what it should. */
export async function markReady(folder: string): Promise<void> {
  await writeFile(join(folder, markName), `${sha256(await readFile(join(folder, descriptionName)))}\n`, { flag: 'wx' })
}

/** What can be found out about a pack without reading all of it; `undefined` where there is none. */
export async function readPack(
  folder: string
): Promise<{ readonly description: PackDescription; readonly problem: string | undefined } | undefined> {
  const text = await readFile(join(folder, descriptionName)).catch(() => undefined)
  const mark = await readFile(join(folder, markName), 'utf8').catch(() => undefined)
  if (text === undefined || mark === undefined) return undefined
  const parsed = PackDescription.safeParse(parseJson(text.toString('utf8')))
  if (!parsed.success) return undefined
  const description = parsed.data
  return { description, problem: await problemOf(folder, description, mark.trim() === sha256(text)) }
}

async function problemOf(folder: string, description: PackDescription, isMarked: boolean): Promise<string | undefined> {
  if (!isMarked) return 'Its description was changed after it was checked.'
  const { platform, arch } = description
  if (platform !== process.platform || arch !== process.arch) return `It is for another computer (${platform}-${arch}).`
  for (const { path, bytes } of description.files) {
    const found = await stat(join(folder, path)).catch(() => undefined)
    if (found === undefined) return `Its file ${path} is missing.`
    if (found.size !== bytes) return `Its file ${path} was changed.`
  }
  return undefined
}

/**
 * What is wrong with the contents of a pack that is about to be loaded, as a sentence: each file is read anew, since the
 * library runs with the person's rights, and none may be there that was not checked. What did not change since this process
 * looked is not read again.
 */
export async function contentsProblem(folder: string): Promise<string | undefined> {
  const pack = await readPack(folder)
  if (pack === undefined) return 'Its description is missing.'
  if (pack.problem !== undefined) return pack.problem
  const { files } = pack.description
  const listed = new Set([descriptionName, markName, ...files.map(({ path }) => path)])
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const stray = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .find((path) => !listed.has(path))
  if (stray !== undefined) return `Its folder holds ${stray}, which does not belong to it.`
  for (const { path, sha256: expected } of files) {
    if ((await hashOf(join(folder, path))) !== expected) return `Its file ${path} was changed.`
  }
  return undefined
}

const known = new Map<string, string>()

async function hashOf(file: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(file)
  const key = [file, ino, size, mtimeMs, ctimeMs].join(' ')
  const hash = known.get(key) ?? (await sha256File(file))
  known.set(key, hash)
  return hash
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
