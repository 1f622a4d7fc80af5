import { open, readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PackedPictures } from '../../../../src/main/datasets/packed-pictures.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Pictures whose bytes name them, and how often each was decoded. */
function samplePictures(names: readonly string[]) {
  const decoded: string[] = []
  const pictures = names.map((name, i) => ({
    name,
    width: 8,
    height: 4,
    load: () => {
      decoded.push(name)
      return Promise.resolve({ pixels: new Uint8Array(32).fill(10 + i), levels: new Uint8Array(32).fill(i) })
    }
  }))
  return { pictures, decoded }
}

async function packedFile(folder: string): Promise<string> {
  const [name] = await readdir(folder)
  return join(folder, name ?? '')
}

describe('packed pictures', () => {
  test('are decoded once, and come back as they were', async () => {
    const folder = join(await temporaryFolder(), 'packed')
    const { pictures, decoded } = samplePictures(['a.png', 'b.png'])
    for (let start = 0; start < 3; start++) {
      const packed = await PackedPictures.provide(folder, pictures)
      expect(await packed.read('b.png')).toEqual(await pictures[1]?.load())
    }
    expect(decoded.filter((name) => name === 'a.png')).toHaveLength(1)
    expect(await packedFile(folder)).toMatch(/[\da-f]{64}\.raw$/)
  })

  test('of another selection are packed anew', async () => {
    const folder = join(await temporaryFolder(), 'packed')
    await PackedPictures.provide(folder, samplePictures(['a.png', 'b.png']).pictures)
    const { pictures, decoded } = samplePictures(['a.png'])
    await PackedPictures.provide(folder, pictures)
    expect(decoded).toEqual(['a.png'])
    expect(await readdir(folder)).toHaveLength(1)
  })

  test.each([0, 5, 64, 100, 200])('cut off after %i bytes are packed anew', async (bytes) => {
    const folder = join(await temporaryFolder(), 'packed')
    const { pictures, decoded } = samplePictures(['a.png', 'b.png'])
    await PackedPictures.provide(folder, pictures)
    await truncate(await packedFile(folder), bytes)
    const packed = await PackedPictures.provide(folder, pictures)
    expect(decoded).toEqual(['a.png', 'b.png', 'a.png', 'b.png'])
    expect((await packed.read('a.png'))?.pixels[0]).toBe(10)
  })

  test('with a changed byte are noticed when they are read, given up, and packed anew at the next start', async () => {
    const folder = join(await temporaryFolder(), 'packed')
    const { pictures, decoded } = samplePictures(['a.png', 'b.png'])
    await PackedPictures.provide(folder, pictures)
    const file = await open(await packedFile(folder), 'r+')
    await file.write(Uint8Array.of(99), 0, 1, 70)
    await file.close()

    const damaged = await PackedPictures.provide(folder, pictures)
    expect(await damaged.read('a.png')).toBeDefined()
    expect(await damaged.read('b.png')).toBeUndefined()
    const mended = await PackedPictures.provide(folder, pictures)
    expect((await mended.read('b.png'))?.pixels[6]).toBe(11)
    expect(decoded).toHaveLength(4)
  })

  test('whose picture cannot be decoded leave nothing behind', async () => {
    const root = await temporaryFolder()
    const { pictures } = samplePictures(['a.png'])
    const broken = { ...pictures[0], name: 'c.png', load: () => Promise.reject(new Error('not a picture')) }
    await expect(
      PackedPictures.provide(join(root, 'packed'), [...pictures, { ...broken, width: 8, height: 4 }])
    ).rejects.toThrow('not a picture')
    expect(await readdir(root)).toEqual([])
  })
})
