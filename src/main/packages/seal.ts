import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { refuse } from '../../shared/errors.ts'
import { checkInputFile } from '../files/input-file.ts'
import { unfit } from './refusal.ts'

/**
 * The seal of a package is its zip comment: a sentence and the SHA-256 of every byte of the file before the digits.
 *
 * Hashes of entries do not cover what zip readers skip (times, attributes, flags, local headers, the comment itself).
 * The seal covers each byte, whatever version wrote it, and needs no second encoding to compare with. It guards against
 * damage and careless changes. It is no signature: who makes a package anew can seal it anew, and therefore everything
 * inside is checked as if there were no seal.
 */
const sealText = 'CytoLoom package. SHA-256 of all that stands before this number: '
const digits = 64

export const sealBytes = sealText.length + digits

/** The comment to write; its digits are filled in by `sealFile` when everything else is in place. */
export function unfinishedSeal(): string {
  return sealText + '0'.repeat(digits)
}

/** Fills in the digits and syncs the file. */
export async function sealFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const { sealed } = await hashFile(path, size)
    await file.write(Buffer.from(sealed, 'latin1'), 0, digits, size - digits)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Checks that no byte has changed since the file was sealed.
 *
 * @returns size and SHA-256 of the whole file
 * @throws AppError of kind `input` when the file is missing, is no package, or was changed
 */
export async function checkSeal(path: string): Promise<{ bytes: number; sha256: string }> {
  const { size, seal } = await readEnd(path)
  const expected = new RegExp(`^${sealText.replaceAll('.', '\\.')}([0-9a-f]{${digits}})$`).exec(seal)?.[1]
  if (expected === undefined) {
    throw refuse(`${path} is not a CytoLoom package, or its end is missing.`, {
      file: path,
      next: 'Choose a file that CytoLoom packed, or copy it again.'
    })
  }
  const { sealed, whole } = await hashFile(path, size)
  if (sealed !== expected) throw unfit(path, 'it was damaged or changed after it was made (its seal is broken)')
  return { bytes: size, sha256: whole }
}

async function readEnd(path: string): Promise<{ size: number; seal: string }> {
  const size = await checkInputFile(path, 'package')
  const file = await open(path, 'r')
  try {
    const end = Buffer.alloc(Math.min(sealBytes, size))
    await file.read(end, 0, end.length, size - end.length)
    return { size, seal: end.toString('latin1') }
  } finally {
    await file.close()
  }
}

/** SHA-256 of what the seal covers, and of the whole file, in one pass. */
async function hashFile(path: string, size: number): Promise<{ sealed: string; whole: string }> {
  const sealed = createHash('sha256')
  const whole = createHash('sha256')
  let left = size - digits
  // A stream of a file without encoding yields buffers.
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    sealed.update(chunk.subarray(0, Math.max(0, left)))
    whole.update(chunk)
    left -= chunk.length
  }
  return { sealed: sealed.digest('hex'), whole: whole.digest('hex') }
}
