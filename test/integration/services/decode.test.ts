import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
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
  expect(await host.request('masks.decode', { mask, grayLevels: 1, out })).toMatchObject({ cells: 1, file: out })
  await host.app.close()
  expect((await readdir(folder)).sort()).toEqual(['labels.png', 'mask.png', 'other.png', 'workspace'])
})
