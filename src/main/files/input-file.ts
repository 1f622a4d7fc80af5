import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { refuse } from '../../shared/errors.ts'
import { explainAccess, requirePlainFile } from '../../shared/file-access.ts'
import { decodeStart } from './loose-json.ts'

/**
 * Checks that a file from outside can be read to its end.
 *
 * @param what is expected there, for the sentence of an error: `list of outlines`
 * @returns its size in bytes
 * @throws AppError of kind `input` where there is none, or something else
 */
export async function checkInputFile(path: string, what: string): Promise<number> {
  try {
    const stats = await stat(path)
    requirePlainFile(path, what, stats)
    return stats.size
  } catch (thrown) {
    throw explainAccess(path, what, thrown)
  }
}

/** Reads a file from outside as a whole, if it is not larger than it may be. */
export async function readInputFile(path: string, what: string, maxBytes: number): Promise<Buffer> {
  const size = await checkInputFile(path, what)
  if (size > maxBytes) {
    throw refuse(`${path} has ${size} bytes; a ${what} of more than ${maxBytes / 2 ** 20} MB is not read.`, {
      file: path,
      next: 'Split it into smaller ones.'
    })
  }
  try {
    return await readFile(path)
  } catch (thrown) {
    throw explainAccess(path, what, thrown)
  }
}

/** The bytes of a file from outside, piece by piece. */
export async function* streamInputFile(path: string, what: string): AsyncGenerator<Buffer> {
  await checkInputFile(path, what)
  try {
    // A stream without an encoding gives buffers.
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
  } catch (thrown) {
    throw explainAccess(path, what, thrown)
  }
}

const startBytes = 64 * 1024

/** The beginning of a text from outside. */
export async function readStart(path: string): Promise<string> {
  await checkInputFile(path, 'text')
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return decodeStart(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
