import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../../../src/main/files/programs.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function folderWith(name: string, mode = 0o755): Promise<string> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, name), '#!/bin/sh\n')
  await chmod(join(folder, name), mode)
  return folder
}

const find = (...folders: string[]) => findProgram('tool', { PATH: folders.join(delimiter) })

describe.skipIf(process.platform === 'win32')('finding a program', () => {
  test('takes the first in the search path, by its full path', async () => {
    const [first, second] = [await folderWith('tool'), await folderWith('tool')]
    expect(await find(await temporaryFolder(), first, second)).toBe(join(first, 'tool'))
  })

  test('passes by the current folder and whatever is named from it', async () => {
    const folder = relative(process.cwd(), await folderWith('tool'))
    expect(await find('', '.', folder)).toBeUndefined()
  })

  test('passes by a folder that everybody may write to', async () => {
    const open = await folderWith('tool')
    await chmod(open, 0o777)
    expect(await find(open)).toBeUndefined()
  })

  test('passes by what cannot be run', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'tool'))
    expect(await find(await folderWith('tool', 0o644), folder)).toBeUndefined()
  })
})

test('no file of the program starts another by its bare name', async () => {
  const source = join(import.meta.dirname, '../../../../src')
  for (const name of (await readdir(source, { recursive: true })).filter((each) => each.endsWith('.ts'))) {
    const text = await readFile(join(source, name), 'utf8')
    expect([name, ...text.matchAll(/\b(?:spawn|spawnSync|execFile|execFileSync|fork)\)?\(\s*'[^']*'/g)]).toEqual([name])
  }
})
