import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StudyResult } from '../../../src/shared/studies.ts'
import { OneNodeSlurm, whyNoSlurm } from '../../support/one-node-slurm.ts'
import { cytoloom, cytoloomScript, tinyStudy, workspaceOfNuclei } from '../../support/tiny-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const run = promisify(execFile)
const missing = whyNoSlurm()
const minutes = 60_000

describe.skipIf(missing !== undefined)(
  `on a real Slurm${missing === undefined ? '' : ` (not run: ${missing})`}`,
  () => {
    let slurm: OneNodeSlurm
    let root: string
    let workspace: string

    beforeAll(async () => {
      root = await temporaryFolder(afterAll)
      workspace = await workspaceOfNuclei(root)
      slurm = await OneNodeSlurm.start(await temporaryFolder(afterAll))
    })
    afterAll(() => slurm.stop())

    /** Exports a study, and lets Slurm work on it with a program in the place of ours. */
    async function submit(study: string, folder: string, program: string): Promise<void> {
      await cytoloom('study', 'plan', study, '--data', 'nuclei', '--workspace', workspace, ...tinyStudy)
      await cytoloom('study', 'export', study, folder, '--workspace', workspace)
      for (const name of ['job.sbatch', 'collect.sbatch']) {
        const text = await readFile(join(folder, name), 'utf8')
        // The node has two processors and is shared with what else is tested.
        await writeFile(join(folder, name), text.replace('--cpus-per-task=2', '--cpus-per-task=1'))
      }
      await run(join(folder, 'submit.sh'), [], { env: { ...slurm.environment, CYTOLOOM: program } })
    }

    test(
      'a study gives the table that one machine gives',
      async () => {
        const folder = join(root, 'a cluster')
        await submit('there', folder, `${process.execPath} ${cytoloomScript}`)
        await slurm.settle(900)
        expect(await readdir(join(folder, 'studies'))).toHaveLength(1)
        const collected = (await cytoloom('study', 'collect', 'there', folder, '--workspace', workspace)) as StudyResult
        expect(collected.study).toMatchObject({ state: 'done', done: 3 })
        const logs = await readdir(join(folder, 'logs'))
        expect(logs.filter((name) => name.startsWith('collect_'))).toHaveLength(1)

        const plan = ['--data', 'nuclei', '--workspace', workspace, ...tinyStudy]
        const here = (await cytoloom('study', 'run', 'here', ...plan)) as StudyResult
        expect(collected.table).toEqual(here.table)
      },
      20 * minutes
    )

    test(
      'a generator that fails keeps nothing waiting: every task ends, and the collection comes',
      async () => {
        const failing = join(root, 'failing.sh')
        await writeFile(failing, '#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\nexit 3\n', { mode: 0o755 })
        await submit('failing', join(root, 'failing'), failing)
        await slurm.settle(120)
        const asked = (await readFile(join(root, 'asked'), 'utf8')).trim().split('\n')
        expect(
          asked
            .map((line) => line.replace(/.*--index (\d+).*/, '$1'))
            .slice(0, 3)
            .sort()
        ).toEqual(['0', '1', '2'])
        expect(asked.at(-1)).toContain('study collect')
      },
      5 * minutes
    )
  }
)
