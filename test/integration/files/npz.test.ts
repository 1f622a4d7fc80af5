import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { readNpz } from '../../../src/main/files/npz.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npz-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

function npy(values: Float32Array): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(117) + '\n'
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0])
  return Buffer.concat([head, Buffer.from(text), Buffer.from(values.buffer)])
}

async function writeArchive(name: string, entries: Record<string, Buffer>, compress: boolean): Promise<string> {
  const zip = new ZipFile()
  for (const [entry, bytes] of Object.entries(entries)) zip.addBuffer(bytes, entry, { compress })
  zip.end()
  const path = join(folder, name)
  await pipeline(zip.outputStream, createWriteStream(path))
  return path
}

const x = Float32Array.from({ length: 5000 }, (_, i) => i % 7)

test.each([false, true])('reads an archive, compressed: %s', async (compress) => {
  const entries = { 'x.npy': npy(x), 'layer/y.npy': npy(Float32Array.of(2)), 'notes.txt': Buffer.from('no array') }
  const arrays = await readNpz(await writeArchive(`${compress}.npz`, entries, compress))
  expect(Object.keys(arrays)).toEqual(['x', 'layer/y'])
  expect(arrays['x']?.data).toEqual(x)
})

test('reads chosen arrays alone, and says which one is missing', async () => {
  const path = await writeArchive('chosen.npz', { 'x.npy': npy(x), 'y.npy': npy(x) }, true)
  expect(Object.keys(await readNpz(path, ['y']))).toEqual(['y'])
  await expect(readNpz(path, ['z'])).rejects.toThrow('holds no array named z')
})

test('refuses an archive that is cut off, changed or none, and names it', async () => {
  const path = await writeArchive('sound.npz', { 'x.npy': npy(x) }, false)
  const bytes = await readFile(path)
  const refusal = async (name: string, content: Uint8Array) => {
    await writeFile(join(folder, name), content)
    return readNpz(join(folder, name)).then(
      () => 'accepted',
      (thrown: unknown) => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : '')
    )
  }
  expect(await refusal('cut.npz', bytes.subarray(0, bytes.length - 30))).toMatch(/^AppError: .*cut\.npz cannot be read/)
  expect(await refusal('text.npz', Buffer.from('not a zip archive at all'))).toMatch(/^AppError: .*text\.npz cannot/)
  const changed = Buffer.from(bytes)
  changed[3000] = 255
  expect(await refusal('changed.npz', changed)).toMatch(/^AppError: .*the checksum of x\.npy is wrong/)
  await expect(readNpz(join(folder, 'none.npz'))).rejects.toThrow('is not there')
})

test('takes no memory for a size that the contents cannot fill', async () => {
  const bytes = await readFile(await writeArchive('small.npz', { 'x.npy': npy(x) }, true))
  const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  bytes.writeUInt32LE(0xf0000000, directory + 24) // the uncompressed size
  await writeFile(join(folder, 'bomb.npz'), bytes)
  await expect(readNpz(join(folder, 'bomb.npz'))).rejects.toThrow('declares 4026531840 bytes')
})

describe.skipIf(!hasSharedData)(`archives that NumPy wrote${withoutSharedData}`, () => {
  test('are read by the sizes in their central directory', async () => {
    const arrays = await readNpz(goldenPath('gan', 'kid', 'arrays.npz'))
    expect(arrays['in.a']?.shape).toEqual([40, 32])
    expect(arrays['out.kid']?.shape).toEqual([])
  })
})
