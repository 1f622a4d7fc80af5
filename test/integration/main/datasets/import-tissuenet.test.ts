import { readFileSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readLabelImage } from '../../../../src/main/images/label-image.ts'
import { readPicture } from '../../../../src/main/images/read.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'
import { rawZip } from '../../../support/raw-zip.ts'
import { cellsOf, importFiles, take } from '../../../support/taken-source.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const fixture = join(import.meta.dirname, '../../../fixtures/tissuenet/meta.json')
const tables = z
  .object({ new: z.base64(), old: z.base64(), hostile: z.base64() })
  .parse(JSON.parse(readFileSync(fixture, 'utf8')))

function npy(descr: string, shape: readonly number[], data: Uint8Array, fortran = false): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }\n`
  const header = Buffer.alloc(10)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  header.writeUInt16LE(text.length, 8)
  return Buffer.concat([header, Buffer.from(text, 'latin1'), data])
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

const [count, side] = [4, 12]

/** Four pictures of two stains; a border of 2 px of the first is black. Cell k + 1 of picture k lies at (3 … 8, 3 … 8). */
function pictures(): Float32Array {
  return Float32Array.from({ length: count * side * side * 2 }, (_, i) => {
    const pixel = Math.floor(i / 2)
    const [x, y] = [pixel % side, Math.floor(pixel / side) % side]
    const picture = Math.floor(pixel / side / side)
    const isBorder = Math.min(x, y, side - 1 - x, side - 1 - y) < 2
    return picture === 0 && isBorder ? 0 : Math.fround(0.125 + i / 7)
  })
}

/** Whole cells of 6 × 6 pixels, nuclei of 4 × 4 in them. */
function labels(): BigInt64Array {
  return BigInt64Array.from({ length: count * side * side * 2 }, (_, i) => {
    const pixel = Math.floor(i / 2)
    const [x, y] = [pixel % side, Math.floor(pixel / side) % side]
    const [from, to] = i % 2 === 0 ? [3, 9] : [4, 8]
    const isInside = x >= from && x < to && y >= from && y < to
    return isInside ? BigInt(Math.floor(pixel / side / side) + 1) : 0n
  })
}

function archive(more: Record<string, Buffer> = {}): Buffer {
  const arrays = {
    X: npy('<f4', [count, side, side, 2], bytesOf(pictures())),
    y: npy('<i8', [count, side, side, 2], bytesOf(labels())),
    ...more
  }
  const entries = Object.entries(arrays).map(([name, bytes]) => ({ name: `${name}.npy`, bytes, method: 8 }))
  return rawZip(entries, { sealed: false })
}

describe("TissueNet's archives", () => {
  test.each(['new', 'old'] as const)('come in with exact values, nuclei and tissues (%s NumPy)', async (age) => {
    const meta = Buffer.from(tables[age], 'base64')
    const taken = await importFiles({ 'tissuenet_v1.1_val.npz': archive({ meta }) })
    expect(taken.dataset).toMatchObject({ format: 'tissuenet', images: 4, annotated: 4, cells: 4 })
    expect(taken.refused).toEqual([])
    expect(taken.images.map(({ class: name, group, split }) => [name, group, split])).toEqual([
      ['Breast', 'a_1', 'validation'],
      ['Breast', 'a_1', 'validation'],
      ['Lymph node metastasis', 'b_7', 'validation'],
      ['Pancréas', 'c_2', 'validation']
    ])
    const [first, second] = taken.images
    expect([first?.width, first?.height, second?.width, second?.channels, second?.bits]).toEqual([8, 8, 12, 2, 32])
    expect(first?.taken).toMatch(/without black borders: 8×8 from \(2, 2\)/)

    const picture = await readPicture(join(taken.target, 'images', second?.file ?? ''))
    expect(picture).toMatchObject({ channels: 2, stains: true })
    const size = side * side * 2
    expect(Float32Array.from(picture.data)).toEqual(pictures().slice(size, 2 * size))
    const [nucleus] = await cellsOf(taken.target, 2)
    expect(nucleus?.id).toBe(2)
  })

  test('give whole cells, and classes by another column, where that is asked for', async () => {
    const files = { 'train.npz': archive({ meta: Buffer.from(tables.new, 'base64') }) }
    const taken = await importFiles(files, { objects: 'cells', classFrom: 'column:platform' })
    expect(taken.dataset.classes.map(({ name }) => name)).toEqual(['codex', 'mibi', 'vectra'])
    const [cell] = await cellsOf(taken.target, 2)
    // 6 columns of 6 pixels, the first after 3 columns of 12 and 3 pixels.
    expect(cell?.counts.startsWith('W1')).toBe(true)
    await expect(importFiles(files, { classFrom: 'column:organ' })).rejects.toThrow(
      /no column "organ"; its columns are/
    )
  })

  test('of version 1.0 name tissues in lists of texts', async () => {
    const text = Buffer.alloc(4 * 6 * count)
    for (const [i, name] of ['skin', 'breast', 'skin', 'gi'].entries()) {
      for (const [k, letter] of name.split('').entries())
        text.writeUInt32LE(letter.codePointAt(0) ?? 0, 4 * (6 * i + k))
    }
    const taken = await importFiles({ 'train.npz': archive({ tissue_list: npy('<U6', [count], text) }) })
    expect(taken.images.map(({ class: name }) => name)).toEqual(['skin', 'breast', 'skin', 'gi'])
  })

  test('whose table asks for code come in without classes, and nothing is run', async () => {
    const taken = await importFiles({ 'train.npz': archive({ meta: Buffer.from(tables.hostile, 'base64') }) })
    expect(taken.dataset.images).toBe(4)
    expect(taken.warnings.some(({ reason }) => /other than plain words.*no code in it was run/.test(reason))).toBe(true)
  })

  test('whose labels lie the other way round are noticed', async () => {
    const swapped = labels()
    for (let i = 0; i < swapped.length; i += 2) [swapped[i], swapped[i + 1]] = [swapped[i + 1] ?? 0n, swapped[i] ?? 0n]
    const y = npy('<i8', [count, side, side, 2], bytesOf(swapped))
    const { warnings } = await importFiles({ 'train.npz': archive({ y }) })
    expect(warnings.some(({ reason }) => reason.includes('the other way round'))).toBe(true)
  })

  test.each<[string, Record<string, Buffer>, RegExp]>([
    ['without labels of its size', { y: npy('<i4', [1, 2, 2, 2], Buffer.alloc(32)) }, /is not laid out as TissueNet/],
    ['with five stains', { X: npy('|u1', [4, 12, 12, 5], Buffer.alloc(4 * 144 * 5)) }, /X is \[4, 12, 12, 5\]/],
    [
      'that promises more than it holds',
      { X: npy('<f4', [4, 900, 900, 2], Buffer.alloc(64)) },
      /are not what follows it/
    ],
    ['of complex numbers', { X: npy('<c8', [4, 12, 12, 2], Buffer.alloc(8)) }, /elements of type <c8/],
    ['in columns', { X: npy('<f4', [count, side, side, 2], bytesOf(pictures()), true) }, /stored column by column/]
  ])('%s are refused with a sentence', async (_, arrays, sentence) => {
    await expect(importFiles({ 'train.npz': archive(arrays) })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(sentence) as string,
      file: expect.stringMatching(/train\.npz$/) as string,
      next: expect.any(String) as string
    })
  })

  test('of big-endian numbers come in with the same values', async () => {
    const X = npy('>f4', [count, side, side, 2], Buffer.from(bytesOf(pictures())).swap32())
    const y = npy('>i8', [count, side, side, 2], Buffer.from(bytesOf(labels())).swap64())
    const taken = await importFiles({ 'train.npz': archive({ X, y }) })
    expect(taken.dataset).toMatchObject({ images: 4, cells: 4 })
    const picture = await readPicture(join(taken.target, 'images', taken.images[1]?.file ?? ''))
    const size = side * side * 2
    expect(Float32Array.from(picture.data)).toEqual(pictures().slice(size, 2 * size))
    expect((await cellsOf(taken.target, 2)).map(({ id }) => id)).toEqual([2])
  })

  test('that are cut off or damaged are refused, and a picture with bad labels costs itself', async () => {
    await expect(importFiles({ 'train.npz': archive().subarray(0, 900) })).rejects.toMatchObject({ kind: 'input' })
    const bad = labels()
    bad[side * side * 2 + 1] = -5n
    const y = npy('<i8', [count, side, side, 2], bytesOf(bad))
    const { dataset, refused } = await importFiles({ 'train.npz': archive({ y }) })
    expect(dataset).toMatchObject({ images: 3, cells: 3 })
    expect(refused.map(({ file }) => file)).toEqual(['train/1.tif'])
    expect(refused[0]?.reason).toMatch(/not whole numbers from 0 up/)
  })
})

describe.skipIf(!hasSharedData)(`real nuclei in the layout of TissueNet${withoutSharedData}`, () => {
  test('come in with every nucleus that their label images have', async () => {
    const names = ['images/fluorescence', 'labels/fluorescence'].map((part) => dataPath('dsb2018-mini', part))
    const chosen = (await readdir(names[0] ?? '')).sort().slice(0, 6)
    const size = 256
    const x = new Float32Array(chosen.length * size * size * 2)
    const y = new Int32Array(chosen.length * size * size * 2)
    const cells: number[] = []
    for (const [i, name] of chosen.entries()) {
      const picture = await readPicture(join(names[0] ?? '', name))
      const { labels: ids } = await readLabelImage(join(names[1] ?? '', name))
      for (let p = 0; p < size * size; p++) {
        x[2 * (i * size * size + p)] = (picture.data[p * picture.channels] ?? 0) + 1
        y[2 * (i * size * size + p) + 1] = ids[p] ?? 0
      }
      cells.push(new Set(ids).size - 1)
    }
    const folder = await temporaryFolder()
    const shape = [chosen.length, size, size, 2]
    const entries = [
      { name: 'X.npy', bytes: npy('<f4', shape, bytesOf(x)), method: 8 },
      { name: 'y.npy', bytes: npy('<i4', shape, bytesOf(y)), method: 8 }
    ]
    await writeFile(join(folder, 'test.npz'), rawZip(entries, { sealed: false }))
    const before = await readFile(join(folder, 'test.npz'))
    const { dataset, images } = await take(folder)
    expect(dataset).toMatchObject({ images: 6, annotated: 6 })
    expect(images.map((image) => image.cells)).toEqual(cells)
    expect((await readFile(join(folder, 'test.npz'))).equals(before)).toBe(true)
  })
})
