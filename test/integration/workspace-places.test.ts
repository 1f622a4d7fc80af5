import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { migrations } from '../../src/main/catalog/migrations.ts'
import type { AppError } from '../../src/shared/errors.ts'
import { Task } from '../../src/shared/tasks.ts'
import { makeWorkspace } from '../support/made-workspace.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

async function inWorkspace<Result>(folder: string, use: (host: TestApp) => Promise<Result>): Promise<Result> {
  const host = await openTestApp(folder)
  try {
    return await use(host)
  } finally {
    await host.app.close()
  }
}

const show = (folder: string) => inWorkspace(folder, (host) => host.request('workspace.show', {}))
const refusal = (folder: string): Promise<AppError> =>
  show(folder).then(
    () => {
      throw new Error('It was not refused')
    },
    (thrown: unknown) => thrown as AppError // nothing else is thrown
  )

async function damage(file: string): Promise<void> {
  const bytes = await readFile(file)
  for (let page = 1; page < bytes.length / 4096; page++) bytes.fill(0xa5, page * 4096 + 8, page * 4096 + 600)
  await writeFile(file, bytes)
}

describe('a damaged catalogue', () => {
  async function usedWorkspace(): Promise<string> {
    const folder = await temporaryFolder()
    await makeWorkspace(folder)
    await inWorkspace(folder, async (host) => {
      await host.request('things.rename', { thing: 'ds1', name: 'plate 3' })
      await host.request('things.trash', { things: ['run2'] })
    })
    return folder
  }

  test('is made anew from the folders and kept under another name, and this is said once', async () => {
    const folder = await usedWorkspace()
    const before = await show(folder)
    await damage(join(folder, 'catalog.sqlite'))
    const damaged = await readFile(join(folder, 'catalog.sqlite'))

    const { notices, ...after } = await show(folder)
    expect(after).toEqual({ ...before, notices: undefined })
    expect(notices).toEqual([
      expect.stringMatching(
        /^The catalogue was damaged\. It was made anew from the folders of the workspace\. The damaged file is kept as catalog\.sqlite\.damaged-[\d-]+\.$/
      )
    ])
    const aside = (await readdir(folder)).find((name) => name.includes('.damaged-')) ?? ''
    expect((await readFile(join(folder, aside))).equals(damaged)).toBe(true)
    expect((await show(folder)).notices).toEqual([])

    await damage(join(folder, 'catalog.sqlite'))
    await show(folder)
    expect((await readdir(folder)).filter((name) => name.includes('.damaged-'))).toHaveLength(2)
  })

  test('comes back from its newest whole backup as far as the folders cannot tell, and knows what they tell', async () => {
    const folder = await usedWorkspace()
    const file = join(folder, 'catalog.sqlite')
    const before = await show(folder)
    const catalog = openCatalog(file)
    const task = { kind: 'train', name: 'one', input: {}, created: '2025-01-01', rank: 1, state: 'done', id: 't1' }
    catalog.tasks.insert(Task.parse(task), true)
    catalog.datasets.tend('ds1', { name: 'an older name' })
    catalog.copyTo(`${file}.before-rebuild`)
    catalog.close()
    await writeFile(`${file}.backup-v9`, 'a newer backup that is none')
    await damage(file)

    await inWorkspace(folder, async (host) => {
      const { notices, ...after } = await host.request('workspace.show', {})
      expect(after).toEqual({ ...before, notices: undefined })
      expect(notices[0]).toContain('what they do not tell from the backup catalog.sqlite.before-rebuild.')
      const { tasks } = await host.request('tasks.list', { all: true })
      expect(tasks.map(({ id }) => id)).toEqual(['t1'])
    })
  })

  test('of a newer version is refused and left as it is', async () => {
    const folder = await usedWorkspace()
    const file = join(folder, 'catalog.sqlite')
    const db = new SQLite(file)
    db.pragma(`user_version = ${migrations.length + 1}`)
    db.close()
    const before = await readFile(file)

    expect(await refusal(folder)).toMatchObject({
      kind: 'input',
      message: expect.stringContaining('was written by a newer CytoLoom') as string,
      remedies: [{ action: 'choose-workspace' }]
    })
    expect((await readFile(file)).equals(before)).toBe(true)
    expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toEqual([])
  })
})

describe('a place where no workspace can be', () => {
  test('is named when it is a file, or lies below one', async () => {
    const file = join(await temporaryFolder(), 'notes.txt')
    await writeFile(file, 'mine')
    expect(await refusal(file)).toMatchObject({
      kind: 'input',
      message: `The workspace ${file} is a file, not a folder.`,
      remedies: [{ action: 'choose-workspace' }]
    })
    expect(await refusal(join(file, 'deeper', 'still'))).toMatchObject({
      message: `The workspace ${join(file, 'deeper', 'still')} cannot be made: ${file} is a file.`
    })
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  test.runIf(process.platform === 'linux')('is refused at once below /proc', async () => {
    expect(await refusal('/proc/cytoloom/workspace')).toMatchObject({
      kind: 'input',
      message: 'The workspace /proc/cytoloom/workspace cannot be made: this system lets no folder be made there.'
    })
  })

  test.skipIf(process.platform === 'win32')(
    'says when its path is too long for the database, and takes the longest',
    async () => {
      const base = await temporaryFolder()
      const withLength = (bytes: number): string => {
        const parts = []
        for (let left = bytes - base.length; left > 0; left -= 101)
          parts.push('é'.repeat(50).slice(0, Math.max(1, (left - 1) >> 1)))
        return join(base, ...parts)
      }
      const tooLong = withLength(600)
      expect(await refusal(tooLong)).toMatchObject({
        kind: 'input',
        message: expect.stringMatching(/^The path of the workspace is too long: .* \d{3} bytes\.$/) as string
      })
      expect(await readdir(base)).toEqual([])
      const longest = join(base, ...['a'.repeat(200), 'b'.repeat(200)])
      const last = join(longest, 'c'.repeat(504 - '/catalog.sqlite'.length - longest.length - 1))
      expect((await show(last)).datasets).toEqual([])
      expect(await refusal(`${last}c`)).toMatchObject({ kind: 'input' })
    }
  )

  test('is readable for its owner alone when it is made', async () => {
    const folder = join(await temporaryFolder(), 'new', 'workspace')
    await show(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })
})

describe.skipIf(process.platform === 'win32')('a workspace that can only be read', () => {
  const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')
  /** The administrator may write everywhere, whatever a folder says. */
  const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

  function cytoloom(workspace: string, ...words: string[]): Promise<{ status: number; out: string; err: string }> {
    const env = { ...process.env, HOME: '/tmp', CYTOLOOM_ENGINES: '/tmp/cytoloom-no-engines' }
    return new Promise((resolve) => {
      const options = { ...somebody, env }
      execFile(process.execPath, [launcher, ...words, '--workspace', workspace], options, (error, out, err) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err })
      })
    })
  }

  async function readOnlyWorkspace(fill: (folder: string) => Promise<void>): Promise<string> {
    const base = await temporaryFolder()
    const folder = join(base, 'workspace')
    await mkdir(folder)
    await fill(folder)
    await chmod(base, 0o755)
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444)
    }
    await chmod(folder, 0o555)
    return folder
  }

  test('can be looked at, says so, and refuses what would change it', async () => {
    const folder = await readOnlyWorkspace(async (place) => {
      await makeWorkspace(place)
      await show(place)
    })
    const before = await readdir(folder, { recursive: true })
    const listed = await cytoloom(folder, 'datasets', '--json')
    expect(listed).toMatchObject({ status: 0 })
    expect(JSON.parse(listed.out)).toMatchObject({ datasets: [{ name: 'livecell' }] })
    expect(listed.err).toContain(
      `The workspace ${folder} cannot be written to. You can look at everything, but change nothing.`
    )
    const origin = await cytoloom(folder, 'origin', 'pr1', '--json')
    expect(JSON.parse(origin.out)).toMatchObject({ thing: { id: 'pr1' } })

    const renamed = await cytoloom(folder, 'rename', 'livecell', 'other', '--json')
    expect(renamed.status).toBe(3)
    expect(JSON.parse(renamed.out)).toMatchObject({
      error: { message: `The workspace ${folder} cannot be written to: it can only be looked at.` }
    })
    expect(await cytoloom(folder, 'prepare', 'livecell', '--name', 'x')).toMatchObject({ status: 3 })
    expect(await readdir(folder, { recursive: true })).toEqual(before)
  }, 120_000)

  test('and holds no catalogue is refused in a sentence', async () => {
    const folder = await readOnlyWorkspace(() => Promise.resolve())
    const { status, err } = await cytoloom(folder, 'datasets')
    expect(status).toBe(3)
    expect(err).toMatch(`The workspace ${folder} cannot be written to.`)
  })
})
