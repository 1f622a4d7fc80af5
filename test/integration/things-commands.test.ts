import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeWorkspace } from '../support/made-workspace.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')

/** The command as a user types it. */
function cytoloom(workspace: string, ...words: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...words, '--workspace', workspace], (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err })
    })
  })
}

test('things are tended from the terminal: note, rename, origin, trash, restore, storage', async () => {
  const workspace = await temporaryFolder()
  await makeWorkspace(workspace)
  const run = (...words: string[]) => cytoloom(workspace, ...words)

  expect(await run('rename', 'livecell', 'plate 3')).toMatchObject({ status: 0, out: 'It is called "plate 3" now.\n' })
  expect((await run('note', 'plate 3', 'From the good microscope.')).out).toBe('"plate 3": From the good microscope.\n')
  expect((await run('origin', 'first run')).out).toBe(
    [
      'The run "first run"',
      '  from the prepared set "livecell 64"',
      '  from the data set "plate 3"',
      '  from the file "/data/livecell"',
      '  used by the run "second run"',
      '  used by the synthetic set "hundred more"',
      '  used by the package "a"',
      ''
    ].join('\n')
  )

  const refused = await run('trash', 'livecell 64')
  expect(refused).toMatchObject({ status: 3, out: '' })
  expect(refused.err).toBe(
    [
      '"livecell 64": needed by the run "first run", the run "second run".',
      '  With --alone it is moved anyway; what needs it works again once it is restored.',
      '  Move them to the trash together: cytoloom trash "livecell 64" run1 run2',
      ''
    ].join('\n')
  )
  const asked = await run('trash', 'livecell 64', '--json')
  expect(asked.status).toBe(3)
  expect(JSON.parse(asked.out)).toMatchObject({
    trashed: [],
    needed: [{ id: 'run1' }, { id: 'run2' }],
    error: { kind: 'input', remedies: [{ action: 'trash-with', names: ['livecell 64', 'run1', 'run2'] }] }
  })
  expect(await run('trash', 'livecell 64', 'run1', 'run2')).toMatchObject({ status: 0 })
  expect((await run('runs')).out).toContain('There is no run yet')
  expect((await run('restore', 'first run')).out).toBe(
    'Restored: the run "first run", the prepared set "livecell 64".\n'
  )
  expect(await run('trash', 'sy1', '--empty')).toMatchObject({ status: 2 })
  expect((await run('trash')).out).toMatch(/^the run "second run", \d+ kB, since 20/)
  expect((await run('trash', '--empty')).out).toMatch(/^1 thing removed; .* are free again\.\n$/)
  expect((await run('storage')).out).toContain('the data set "plate 3"')
}, 120_000)
