import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
import { npyBytes } from '../../../src/main/packages/formats/npy-bytes.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

test('a decoded mask is written to a free place alone: neither its own mask nor another file is replaced', async () => {
  const folder = await temporaryFolder()
  const mask = join(folder, 'mask.png')
  const other = join(folder, 'other.png')
  const out = join(folder, 'labels.png')
  const pixels = new Uint8Array(32 * 32)
  for (let y = 8; y < 20; y++) pixels.fill(255, y * 32 + 8, y * 32 + 20)
  const bytes = encodeGrayPng8(pixels, 32, 32)
  await writeFile(mask, bytes)
  await writeFile(other, 'mine')
  const host = await openTestApp(join(folder, 'workspace'))

  for (const taken of [mask, other]) {
    await expect(host.request('masks.decode', { mask, grayLevels: 1, out: taken })).rejects.toMatchObject({
      kind: 'input',
      message: `${taken} exists already.`
    })
  }
  expect((await readFile(mask)).equals(bytes)).toBe(true)
  expect(await readFile(other, 'utf8')).toBe('mine')
  expect(await host.request('masks.decode', { mask, grayLevels: 1, out })).toMatchObject({
    cells: 1,
    phantoms: { cells: 0, share: 0 },
    file: out
  })
  await host.app.close()
  expect((await readdir(folder)).sort()).toEqual(['labels.png', 'mask.png', 'other.png', 'workspace'])
})

test('a mask in planes of tones is read from a .npy, and one with another number of planes is refused', async () => {
  const folder = await temporaryFolder()
  const mask = join(folder, 'mask.npy')
  const tones = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 16 < 8 ? 1 : 2))
  const planes = Float32Array.from({ length: 3 * 256 }, (_, i) => (tones[Math.floor(i / 3)] === i % 3 ? 0.4 : -0.5))
  await writeFile(mask, npyBytes('<f4', [16, 16, 3], new Uint8Array(planes.buffer)))
  const host = await openTestApp(join(folder, 'workspace'))
  const out = join(folder, 'labels.png')
  expect(await host.request('masks.decode', { mask, grayLevels: 2, out })).toMatchObject({
    cells: 2,
    method: 'tones',
    phantoms: { cells: 0, share: 0 }
  })
  await expect(
    host.request('masks.decode', { mask, grayLevels: 4, out: join(folder, 'other.png') })
  ).rejects.toMatchObject({ kind: 'input', message: `${mask} has 3 planes; a mask of 4 tones has 5.` })
  await host.app.close()
})
