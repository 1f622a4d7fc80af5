import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { sha256 } from '../../src/main/files/checksum.ts'
import { zipBytes } from '../../src/main/files/zip/writer.ts'
import { encodeTiff } from '../../src/main/images/tiff-encode.ts'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { verifyPackage } from '../../src/main/packages/read-package.ts'
import { productName } from '../../src/main/product.ts'
import { type Manifest, PackageFormat } from '../../src/shared/packages.ts'
import { type RawEntry, rawZip, readRawZip } from '../support/raw-zip.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const folder = await temporaryFolder(afterAll)
const good = await pack(productName)

/** A package with every format. */
async function pack(software: string): Promise<readonly RawEntry[]> {
  const [set, out] = [join(folder, `set of ${software}`), join(folder, `${software}.zip`)]
  const about = await makeSyntheticSet(set, 2, 24)
  const formats = PackageFormat.options
  await createPackage({ folder: set, about, out, formats, license: '', author: '', now: new Date(0), software })
  return readRawZip(await readFile(out))
}

function bytesOf(path: string): Uint8Array {
  return good.find(({ name }) => name === path)?.bytes ?? Buffer.alloc(0)
}

/** Verifies a package with an entry changed, and everything that seals it made to fit. */
async function verifyWith(path: string, bytes: Uint8Array, entries = good) {
  const changed = entries.map((entry) => (entry.name === path ? { ...entry, bytes } : entry))
  const manifest = JSON.parse(Buffer.from(changed[0]?.bytes ?? '').toString()) as Manifest // as it was written
  const listed = changed.slice(1).map((entry) => ({
    path: entry.name,
    bytes: entry.bytes.length,
    sha256: sha256(entry.bytes)
  }))
  const sealed = [{ name: 'manifest.json', bytes: Buffer.from(JSON.stringify({ ...manifest, entries: listed })) }]
  const file = join(folder, 'stranger.zip')
  await writeFile(file, rawZip([...sealed, ...changed.slice(1)]))
  return verifyPackage(file)
}

const text = (path: string, change: (text: string) => string) =>
  Buffer.from(change(Buffer.from(bytesOf(path)).toString()))
/** A zip of one's own with other contents, or with the same ones and stored as they are. */
const rezipped = (path: string, change: (entry: RawEntry) => Uint8Array, isPacked = false) =>
  zipBytes(
    readRawZip(Buffer.from(bytesOf(path))).map((entry) => ({ name: entry.name, bytes: change(entry), isPacked }))
  )

/** The last number of an array is another. */
const counted = ({ name, bytes }: RawEntry): Uint8Array =>
  bytes.map((byte, i) => (name === 'y.npy' && i === bytes.length - 4 ? byte + 1 : byte))

const label = { width: 24, height: 24, channels: 1, bits: 16, data: new Uint16Array(24 * 24).fill(3) } as const

test.for<[string, () => Uint8Array | Promise<Uint8Array>]>([
  ['README.txt', () => text('README.txt', (readme) => readme.replace('nothing was changed', 'all was changed'))],
  ['masks.coco.json', () => text('masks.coco.json', (coco) => coco.replace('"label":1', '"label":9'))],
  ['yolo/data.yaml', () => text('yolo/data.yaml', (yaml) => `${yaml}download: "import os"\n`)],
  ['yolo/labels/000000.txt', () => text('yolo/labels/000000.txt', (lines) => lines.split('\n').slice(1).join('\n'))],
  ['qupath/000000.geojson', () => text('qupath/000000.geojson', (json) => json.replace('A172', 'BV-2'))],
  ['masks-tiff/000000.tif', () => encodeTiff(label)],
  ['stardist/masks/000001.tif', () => encodeTiff(label)],
  ['previews/000000.png', () => bytesOf('previews/000001.png')],
  ['imagej/000000_RoiSet.zip', () => bytesOf('imagej/000001_RoiSet.zip')],
  ['tissuenet/24x24-001.npz', () => rezipped('tissuenet/24x24-001.npz', counted)]
])('%s with other contents than the set is refused, although every hash fits', async ([path, change]) => {
  const bytes = await change()
  expect(Buffer.from(bytes).equals(bytesOf(path))).toBe(false)
  await expect(verifyWith(path, bytes)).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining(`${path} does not say the same as the set that it comes with`) as string
  })
})

test('every entry that only follows from the set is compared', async () => {
  for (const { name } of good) {
    if (/^(?:manifest|about|outlines)|^(?:images|masks)\//.test(name)) continue
    await expect(verifyWith(name, Buffer.from('x')), name).rejects.toMatchObject({ kind: 'input' })
  }
})

test('a copy that another computer compressed in another way is as good', async () => {
  const png = Buffer.from(bytesOf('previews/000000.png'))
  expect(await verifyWith('previews/000000.png', recompressed(png))).toMatchObject({ verified: true, unchecked: [] })
  for (const path of ['tissuenet/24x24-001.npz', 'imagej/000000_RoiSet.zip']) {
    const stored = await rezipped(path, ({ bytes }) => bytes, true)
    expect(stored.equals(bytesOf(path))).toBe(false)
    expect(await verifyWith(path, stored)).toMatchObject({ verified: true, unchecked: [] })
  }
})

test('what another version made and this one makes differently is named as not compared', async () => {
  const old = await pack('CytoLoom 0.0.9')
  const readme = Buffer.from('As it was written then.\n')
  expect((await verifyWith('README.txt', readme, old)).unchecked).toEqual(['README.txt'])
  expect(await verifyWith('', readme, old)).toMatchObject({ verified: true, unchecked: [] })
})

/** The same PNG with its pixels deflated by another level. */
function recompressed(png: Buffer): Buffer {
  const chunks: Buffer[] = [png.subarray(0, 8)]
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const length = png.readUInt32BE(at)
    const type = png.subarray(at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    chunks.push(
      type.toString() === 'IDAT'
        ? chunkOf(type, deflateSync(inflateSync(data), { level: 0 }))
        : png.subarray(at, at + 12 + length)
    )
  }
  return Buffer.concat(chunks)
}

function chunkOf(type: Buffer, data: Buffer): Buffer {
  const body = Buffer.concat([type, data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}
