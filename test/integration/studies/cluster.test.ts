import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  collectResults,
  indexFrom,
  reportExported,
  runExportedTask
} from '../../../src/main/studies/cluster/exported-study.ts'
import { exportStudy } from '../../../src/main/studies/cluster/export-study.ts'
import { answerOf, readResults } from '../../../src/main/studies/report/write-report.ts'
import { runStudyTask } from '../../../src/main/studies/run-task.ts'
import { studyTasks } from '../../../src/main/study/study-tasks.ts'
import { makeStudy, noWatcher, standInMakers, studyProgram } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const resources = join(import.meta.dirname, '../../../resources')

async function exported() {
  const root = await temporaryFolder()
  const home = await makeStudy(join(root, 'home'), { sizes: [2], arms: ['synthetic'] })
  const folder = join(root, 'cluster')
  const result = await exportStudy(home, { folder, atATime: 4, bundle: 2 }, resources)
  return { home, ...result }
}

const run = (folder: string, index: number, program = studyProgram) =>
  runExportedTask(folder, { index, program }, standInMakers(), noWatcher)

describe('an exported study', () => {
  test('holds its images, question, tasks and scripts, and no catalogue', async () => {
    const { folder, home, tasks } = await exported()
    const names = await readdir(folder, { recursive: true })
    for (const name of ['tasks.tsv', 'submit.sh', 'job.sbatch', 'collect.sbatch', 'main.nf'])
      expect(names).toContain(name)
    expect(names.filter((name) => name.includes('sqlite'))).toEqual([])
    const lines = (await readFile(join(folder, 'tasks.tsv'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(tasks + 1)
    expect(lines[1]?.split('\t')).toEqual(['0', 'generator', studyTasks(home.study)[0]?.id, ''])
    const job = await readFile(join(folder, 'job.sbatch'), 'utf8')
    expect(job).toContain('#SBATCH --requeue')
    expect(job).toContain('#SBATCH --signal=B:USR1@300')
    expect(await readFile(join(folder, 'submit.sh'), 'utf8')).toContain('%4')
  })

  test('gives the table that one machine gives', async () => {
    const { folder, home, tasks } = await exported()
    for (let index = 0; index < tasks; index++) expect((await run(folder, index)).state).toBe('done')
    const there = await reportExported(folder, studyProgram)
    expect(await collectResults(home, folder)).toEqual([])
    const taken = answerOf(home.study, await readResults(home)).table
    const alone = await makeStudy(await temporaryFolder(), { sizes: [2], arms: ['synthetic'] })
    for (const task of studyTasks(alone.study)) await runStudyTask(alone, task, standInMakers(), noWatcher)
    expect(taken).toEqual(answerOf(alone.study, await readResults(alone)).table)
    expect(there.table).toEqual(taken)
  })

  test('does a task twice, and is collected twice, without harm', async () => {
    const { folder, home } = await exported()
    await run(folder, 0)
    expect((await run(folder, 0)).state).toBe('was-done')
    expect(await collectResults(home, folder)).toEqual([])
    expect(await collectResults(home, folder)).toEqual([])
    expect((await readResults(home)).done).toBe(1)
  })

  test('does not take what a kill left half written', async () => {
    const { folder, home } = await exported()
    await run(folder, 0)
    const [generator, arm] = studyTasks(home.study)
    const results = join(folder, 'studies/study/results')
    await mkdir(join(results, `.${arm?.id}.partial-00000000.1.0-00000000-0000-0000-0000-000000000000`))
    const record = join(results, generator?.id ?? '', 'about.json')
    const text = await readFile(record, 'utf8')
    await writeFile(record, text.slice(0, 30))
    expect((await collectResults(home, folder)).join()).toContain('is damaged. It was not taken.')
    expect((await readResults(home)).done).toBe(0)
    await rm(join(results, generator?.id ?? ''), { recursive: true })
    expect((await run(folder, 0)).state).toBe('done')
  })

  test('refuses another version, an unknown number, another list of tasks, and pictures that are not made', async () => {
    const { folder, tasks } = await exported()
    await expect(run(folder, 0, '0.0.1')).rejects.toThrow('version 9.9.9')
    await expect(run(folder, tasks)).rejects.toThrow(`go from 0 to ${tasks - 1}`)
    await expect(run(folder, tasks - 1)).rejects.toThrow('not made yet')
    await writeFile(join(folder, 'tasks.tsv'), 'index\n0\n')
    await expect(run(folder, 0)).rejects.toThrow('The list of tasks is not the one')
    await expect(run(await temporaryFolder(), 0)).rejects.toThrow('holds no study')
  })

  test('is of one study alone', async () => {
    const { folder } = await exported()
    const other = await makeStudy(await temporaryFolder(), { sizes: [3] })
    await expect(collectResults(other, folder)).rejects.toThrow('is of another study')
  })
})

test('the number of a task comes from any scheduler', () => {
  expect(indexFrom({ SLURM_ARRAY_TASK_ID: '7' })).toBe(7)
  expect(indexFrom({ PBS_ARRAY_INDEX: '0' })).toBe(0)
  expect(indexFrom({ JOB_COMPLETION_INDEX: '3' })).toBe(3)
  expect(indexFrom({ LSB_JOBINDEX: '1' })).toBe(0)
  expect(indexFrom({ SGE_TASK_ID: '5' })).toBe(4)
  expect(indexFrom({ SGE_TASK_ID: 'undefined', LSB_JOBINDEX: '0' })).toBeUndefined()
})
