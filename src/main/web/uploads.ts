import { createWriteStream } from 'node:fs'
import { lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join, sep } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../shared/errors.ts'
import { requireSpace } from '../files/disk-space.ts'
import { safePath } from '../files/safe-names.ts'
import { sendJson, sendText } from './reply.ts'

/** Hidden in the workspace, so that what lies there is on a disk with room and goes with it. */
const folderName = '.dropped'
/** Of one file. */
const mostBytes = 64 * 2 ** 30
const keptMilliseconds = 7 * 24 * 3600 * 1000

/** One drop has one name, which its page made up; its files come one by one. */
const batchName = /^[a-z0-9]{16,32}$/

/**
 * Takes a file that was dropped on a page in a browser, which does not tell where it lies. It is written as it comes in, so
 * that its size is no matter, and answered with its place, from where it is imported like any other.
 *
 * @param path `<batch>/<path of the file below what was dropped>`, encoded
 */
export async function takeUpload(
  workspace: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const place = request.method === 'PUT' ? placeOf(path) : undefined
  if (place === undefined) {
    sendText(response, 405, 'This is no place for a dropped file.')
    return
  }
  const bytes = Number(request.headers['content-length'] ?? '0')
  if (!(bytes <= mostBytes)) {
    sendText(response, 413, 'This file is too large to be dropped: choose it in the list of files instead.')
    return
  }
  const root = await ownFolder(workspace)
  if (root === undefined) {
    sendText(response, 403, 'Nothing can be dropped here: the workspace cannot be written to.')
    return
  }
  const short = await requireSpace(root, bytes, 'What was dropped').then(() => undefined, sentenceOf)
  if (short !== undefined) {
    sendText(response, 507, short)
    return
  }
  const file = join(root, place)
  await mkdir(dirname(file), { recursive: true })
  try {
    await pipeline(request, atMost(mostBytes), createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) await rm(file, { force: true })
    throw thrown
  }
  sendJson(response, { folder: join(root, place.split('/')[0] ?? ''), file })
}

/** Removes what was dropped long ago: what was imported of it is in the workspace. */
export async function sweepUploads(workspace: string, now = Date.now()): Promise<void> {
  const root = join(workspace, folderName)
  const found = await lstat(root).catch(() => undefined)
  if (found?.isDirectory() !== true) return
  for (const name of await readdir(root)) {
    const place = join(root, name)
    const age = now - (await lstat(place)).mtimeMs
    if (batchName.test(name) && age > keptMilliseconds) await rm(place, { recursive: true, force: true })
  }
}

function placeOf(path: string): string | undefined {
  try {
    const [batch = '', ...parts] = path.split('/').map(decodeURIComponent)
    if (!batchName.test(batch) || parts.length === 0 || parts.length > 40) return undefined
    return `${batch}/${safePath(parts.join('/'))}`
  } catch {
    return undefined // broken percent signs name nothing
  }
}

/** Undefined where it cannot be made, and where a link would lead elsewhere: a workspace may come from a stranger. */
async function ownFolder(workspace: string): Promise<string | undefined> {
  const root = join(await realpath(workspace), folderName)
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    const real = await realpath(root)
    return real === root && real.endsWith(sep + folderName) ? root : undefined
  } catch {
    return undefined
  }
}

/** Whatever the page said of its size. */
function atMost(bytes: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      if (size > bytes) done(new Error('more came than was announced'))
      else done(null, chunk)
    }
  })
}

function sentenceOf(thrown: unknown): string {
  if (!(thrown instanceof AppError)) throw thrown
  return thrown.message
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
