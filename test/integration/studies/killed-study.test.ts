import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import type { StudyResult } from '../../../src/shared/studies.ts'
import { cytoloom, cytoloomScript, tinyStudy, workspaceOfNuclei } from '../../support/tiny-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Lines of progress after which the program is killed, each time further: in generator, arms, and between them. */
const moments = [2, 9, 14, 6, 11, 16]

/** Runs the study and kills it after so many lines of progress, with no time to clean up. @returns whether it was killed */
async function killAfter(lines: number, words: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [cytoloomScript, ...words, '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let seen = 0
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('"progress"') || ++seen < lines) continue
    killWhole(child)
    break
  }
  return (await ended) === null
}

/** The program with the engine that it started. */
function killWhole({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** When each finished task was finished. */
async function finished(workspace: string): Promise<Map<string, number>> {
  const studies = join(workspace, 'studies')
  const times = new Map<string, number>()
  for (const study of await readdir(studies)) {
    const results = join(studies, study, 'results')
    for (const task of await readdir(results).catch(() => [])) {
      if (task.startsWith('.')) continue // half written: swept away later
      times.set(task, (await stat(join(results, task, 'about.json'))).mtimeMs)
    }
  }
  return times
}

test('a real study that is killed at several moments gives the table of one that was not, and does no finished arm again', async () => {
  const [killed, quiet] = [
    await workspaceOfNuclei(await temporaryFolder(afterAll)),
    await workspaceOfNuclei(await temporaryFolder(afterAll))
  ]
  const words = (workspace: string) => ['--data', 'nuclei', '--workspace', workspace, ...tinyStudy]
  let kills = 0
  let before = new Map<string, number>()
  for (const lines of moments) {
    if (await killAfter(lines, ['study', 'run', 'tiny', ...words(killed)])) kills++
    const now = await finished(killed)
    for (const [task, time] of before) expect([task, now.get(task)]).toEqual([task, time])
    before = now
  }
  const after = (await cytoloom('study', 'run', 'tiny', ...words(killed))) as StudyResult
  for (const [task, time] of before) expect((await finished(killed)).get(task)).toBe(time)
  const undisturbed = (await cytoloom('study', 'run', 'tiny', ...words(quiet))) as StudyResult
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(after.study).toMatchObject({ state: 'done', done: 3 })
  expect(after.table).toEqual(undisturbed.table)
}, 1_200_000)
