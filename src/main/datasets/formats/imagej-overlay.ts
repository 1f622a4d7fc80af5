import { type FileHandle, open } from 'node:fs/promises'
import { checkInputFile } from '../../files/input-file.ts'
import { limits } from '../../../shared/limits.ts'

/** Tags of ImageJ: the lengths of its notes, and the notes. */
const [lengthsTag, notesTag] = [50838, 50839]
const magic = 'IJIJ'
const overlay = 'over'

/**
 * The regions of the overlay that ImageJ keeps inside a TIFF, each as the bytes of a `.roi` file. Of the file only its
 * first directory and these notes are read. What is no such file has none.
 */
export async function readOverlay(path: string): Promise<readonly Buffer[]> {
  await checkInputFile(path, 'picture')
  const file = await open(path, 'r')
  try {
    return await regionsIn(file)
  } catch (thrown) {
    if (thrown instanceof RangeError) return [] // it ends before its notes do; reading its pixels will tell
    throw thrown
  } finally {
    await file.close()
  }
}

async function regionsIn(file: FileHandle): Promise<readonly Buffer[]> {
  const start = await bytesAt(file, 0, 8)
  const mark = start.toString('latin1', 0, 4)
  if (mark !== 'II*\0' && mark !== 'MM\0*') return []
  const read = readerFor(mark === 'II*\0')
  const fields = await fieldsAt(file, read, read.long(start, 4))
  const [lengths, notes] = [fields.get(lengthsTag), fields.get(notesTag)]
  if (!lengths || !notes || lengths.count < 1 || lengths.count > limits.regions.entries) return []
  const sizes = await lengthsOf(file, read, lengths)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > notes.count || total > limits.regions.entryBytes) return []
  return cut(await bytesAt(file, notes.at, total), read, sizes)
}

/** The notes begin with a list of their kinds, and how many there are of each. */
function cut(bytes: Buffer, read: Reader, [headerSize = 0, ...sizes]: readonly number[]): Buffer[] {
  if (read.text(bytes, 0) !== magic) return []
  const found: Buffer[] = []
  let [at, next] = [headerSize, 0]
  for (let kind = 4; kind + 8 <= headerSize; kind += 8) {
    const isOverlay = read.text(bytes, kind) === overlay
    const last = Math.min(sizes.length, next + read.long(bytes, kind + 4))
    for (; next < last; next++) {
      const size = sizes[next] ?? 0
      if (isOverlay) found.push(bytes.subarray(at, at + size))
      at += size
    }
  }
  return found
}

interface Field {
  readonly count: number
  /** Where its values are, or the value itself where it is a single one. */
  readonly at: number
}

async function fieldsAt(file: FileHandle, read: Reader, at: number): Promise<ReadonlyMap<number, Field>> {
  const count = read.short(await bytesAt(file, at, 2), 0)
  const entries = await bytesAt(file, at + 2, 12 * count)
  const fields = new Map<number, Field>()
  for (let i = 0; i < entries.length; i += 12) {
    fields.set(read.short(entries, i), { count: read.long(entries, i + 4), at: read.long(entries, i + 8) })
  }
  return fields
}

async function lengthsOf(file: FileHandle, read: Reader, { count, at }: Field): Promise<number[]> {
  if (count === 1) return [at]
  const bytes = await bytesAt(file, at, 4 * count)
  return Array.from({ length: count }, (_, i) => read.long(bytes, 4 * i))
}

interface Reader {
  readonly short: (bytes: Buffer, at: number) => number
  readonly long: (bytes: Buffer, at: number) => number
  /** Four letters, which ImageJ writes as a number. */
  readonly text: (bytes: Buffer, at: number) => string
}

function readerFor(isLittle: boolean): Reader {
  const long = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  return {
    short: (bytes, at) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    long,
    text: (bytes, at) => {
      const letters = Buffer.alloc(4)
      letters.writeUInt32BE(long(bytes, at))
      return letters.toString('latin1')
    }
  }
}

/** @throws RangeError where the file ends before */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat()
  if (position + length > size) throw new RangeError('the file is shorter')
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer
}
