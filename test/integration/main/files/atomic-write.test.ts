import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  createFile,
  removeFolder,
  stageFolder,
  writeFileAtomic,
  writeNewFile
} from '../../../../src/main/files/atomic-write.ts'
import { partialPath, sweepPartials } from '../../../../src/main/files/partials.ts'
import { sha256, sha256File } from '../../../../src/main/files/checksum.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('writing whole or not at all', () => {
  test('replaces a file and leaves nothing beside it', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, `${'x'.repeat(240)}.json`)
    await writeFileAtomic(path, 'old')
    await writeFileAtomic(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await readdir(folder)).toHaveLength(1)
  })

  test.each(['file', 'folder', 'link that leads nowhere'])('a new file never takes the place of a %s', async (kind) => {
    const folder = await temporaryFolder()
    const path = join(folder, 'a.png')
    if (kind === 'file') await writeFile(path, 'old')
    else if (kind === 'folder') await mkdir(path)
    else await symlink(join(folder, 'nowhere'), path)
    await expect(writeNewFile(path, Buffer.from('new'))).rejects.toThrow(/exists already/)
    expect(await readdir(folder)).toEqual(['a.png'])
    await rm(path, { recursive: true })
    await writeNewFile(path, Buffer.from('new'))
    expect([await readdir(folder), await readFile(path, 'utf8')]).toEqual([['a.png'], 'new'])
  })

  test('leaves nothing when it cannot finish', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'taken'))
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })

  test('shows a staged folder only when it is complete', async () => {
    const folder = await temporaryFolder()
    const staged = await stageFolder(join(folder, 'set'))
    await writeFile(join(staged.path, 'a.txt'), 'a')
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([])
    await staged.commit()
    await staged.discard()
    expect(await readdir(folder)).toEqual(['set'])
    expect(await readdir(join(folder, 'set'))).toEqual(['a.txt'])
  })

  test('sweeps what another process still writes into, as long as that ends soon, and fails in no case', async () => {
    const folder = await temporaryFolder()
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    const leftover = join(folder, `.set.partial-${dead}-00000000-0000-0000-0000-000000000000`)
    await mkdir(leftover)
    const script = `let n = 0
      const writing = setInterval(() => {
        try { for (let i = 0; i < 20; i++) require('node:fs').writeFileSync(process.argv[1] + '/' + n++, '') } catch { process.exit() }
      })
      setTimeout(() => clearInterval(writing), 400)`
    const writer = spawn(process.execPath, ['-e', script, leftover])
    const ended = once(writer, 'exit')
    while ((await readdir(leftover)).length < 100) await setTimeout(5)
    const swept = await sweepPartials(folder)
    await ended
    expect([...swept, ...(await sweepPartials(folder))]).toHaveLength(1)
    expect(await readdir(folder)).toEqual([])
  })

  test.each([['filled'], ['empty']])('refuses to put a staged folder over one that is %s', async (kind) => {
    const folder = await temporaryFolder()
    const staged = await stageFolder(join(folder, 'set'))
    await mkdir(join(folder, 'set'))
    if (kind === 'filled') await writeFile(join(folder, 'set', 'mine.txt'), 'mine')
    await expect(staged.commit()).rejects.toThrow(/exists already/)
    await staged.discard()
    expect(await readdir(folder)).toEqual(['set'])
  })

  test('sweeps what a killed process left, and nothing of a process at work', async () => {
    const folder = await temporaryFolder()
    const ended = spawnSync(process.execPath, ['-e', '']).pid
    await mkdir(join(folder, `.set.partial-${ended}-00000000-0000-4000-8000-000000000000`, 'images'), {
      recursive: true
    })
    await writeFile(join(folder, '.hidden'), 'kept')
    const atWork = await stageFolder(join(folder, 'other'))
    expect(await sweepPartials(folder)).toHaveLength(1)
    expect((await readdir(folder)).sort()).toEqual(['.hidden', atWork.path.split('/').at(-1)].sort())
    expect(await sweepPartials(join(folder, 'not there'))).toEqual([])
  })

  test('sweeps nothing that another computer or container is making, and what it left long ago', async () => {
    const folder = await temporaryFolder()
    const ended = spawnSync(process.execPath, ['-e', '']).pid
    const elsewhere = (start: string) => `.${start}.partial-0123abcd.${ended}.7-00000000-0000-4000-8000-000000000000`
    await mkdir(join(folder, elsewhere('live')))
    await mkdir(join(folder, elsewhere('left')))
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await utimes(join(folder, elsewhere('left')), anHourAgo, anHourAgo)
    expect(await sweepPartials(folder)).toEqual([elsewhere('left')])
    expect(await readdir(folder)).toEqual([elsewhere('live')])
  })

  test('sweeps what a process left whose number is another one’s by now', async () => {
    const folder = await temporaryFolder()
    const name = basename(partialPath(join(folder, 'set')))
    const left = name.replace(/\.\d+\.\d+-/, `.${process.pid}.1-`)
    await mkdir(join(folder, name))
    await mkdir(join(folder, left))
    expect(await sweepPartials(folder)).toEqual(process.platform === 'linux' ? [left] : [])
  })

  test('makes a file where there is none, whole and once', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'one')
    const made = await Promise.all(['a', 'b', 'c'].map((text) => createFile(file, text)))
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['one'])
    expect(await readFile(file, 'utf8')).toBe(['a', 'b', 'c'][made.indexOf(true)])
  })

  test('removes a folder, and does not mind when there is none', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'set', 'images'), { recursive: true })
    await removeFolder(join(folder, 'set'))
    await removeFolder(join(folder, 'set'))
    expect(await readdir(folder)).toEqual([])
  })

  test('a file and its bytes have the same checksum', async () => {
    const path = join(await temporaryFolder(), 'abc')
    await writeFile(path, 'abc')
    // FIPS 180-2, appendix B.1
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await sha256File(path)).toBe(sha256('abc'))
  })
})
