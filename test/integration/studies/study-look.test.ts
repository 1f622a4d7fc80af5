import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { studyTasks } from '../../../src/main/study/study-tasks.ts'
import { makeStudied } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

const opened: TestApp[] = []
afterAll(() => Promise.all(opened.map(({ app }) => app.close())))

async function open(root: string): Promise<TestApp> {
  const host = await openTestApp(root)
  opened.push(host)
  return host
}

/** A workspace with a study of which all but the last few tasks are done. */
async function openStudied(left = 0) {
  const root = await temporaryFolder()
  const frozen = await makeStudied(root, left)
  return { host: await open(root), frozen, tasks: studyTasks(frozen.study) }
}

describe('a study that is done', () => {
  test('shows its table, pictures and files, computed once', async () => {
    const { host, frozen } = await openStudied()
    const result = await host.request('study.show', { study: 'study' })
    expect(result.study.state).toBe('done')
    expect(result.table.cells.filter(({ interval }) => interval !== undefined)).toHaveLength(6) // all images and each class, of both numbers of images

    const { pictures, charts, facts, files } = await host.request('study.pictures', { study: 'study' })
    expect(pictures.map(({ title }) => title.split(':')[0])).toContain('Among the best')
    for (const { png } of pictures) expect(Buffer.from(png, 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(charts.map(({ name }) => name)).toEqual(['cell-areas'])
    expect(facts).not.toHaveLength(0)

    expect(files).toEqual(expect.arrayContaining(['report.html', 'table.csv', 'differences.svg', 'learning-curve.svg']))
    const { text } = await host.request('study.file', { study: 'study', file: 'report.html' })
    expect(text).toContain(frozen.hash)

    // Another program on the workspace finds the answer, and computes it anew only for another state.
    const kept = join(frozen.place.folder, 'answer.json')
    const other = await open(frozen.place.root)
    expect((await other.request('study.show', { study: 'study' })).table).toEqual(result.table)
    await writeFile(kept, (await readFile(kept, 'utf8')).replaceAll('"n":2', '"n":7'))
    const again = await open(frozen.place.root)
    expect((await again.request('study.show', { study: 'study' })).table.cells[0]?.n).toBe(7)
    await writeFile(kept, 'damaged')
    const third = await open(frozen.place.root)
    expect((await third.request('study.show', { study: 'study' })).table).toEqual(result.table)
  })

  test('gives no file but its own report', async () => {
    const { host } = await openStudied()
    await expect(host.request('study.file', { study: 'study', file: '../question.json' })).rejects.toThrow()
    await expect(host.request('study.file', { study: 'study', file: 'other.html' })).rejects.toThrow(
      'This file of the report is not there.'
    )
  })
})

test('a study under way shows which of its trainings are done, what is frozen, and no report', async () => {
  const { host, tasks, frozen } = await openStudied(2)
  const { parts, plan, hash } = await host.request('study.board', { study: 'study' })
  expect(parts.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id))
  expect(parts.filter(({ isDone }) => !isDone).map(({ id }) => id)).toEqual(tasks.slice(-2).map(({ id }) => id))
  expect(hash).toBe(frozen.hash)
  expect(plan.counts.test).toBe(frozen.study.images.filter(({ split }) => split === 'test').length)
  expect((await host.request('study.pictures', { study: 'study' })).files).toEqual([])
  expect(existsSync(frozen.place.report)).toBe(false)
})

test('a preview tells what a plan would come to, which images are held out, and writes nothing', async () => {
  const host = await open(await temporaryFolder())
  await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels' })
  const plan = { preset: 'small' as const, arms: ['synthetic' as const], sizes: [2], draws: 2, repeats: 1 }
  const { plan: planned, tasks, outlook, images } = await host.request('study.preview', plan)
  expect(tasks).toBe(outlook.trainings + outlook.generators)
  expect(planned.columns.map(({ name }) => name)).toEqual(['2 images'])
  expect(images.filter(({ split }) => split === 'test')).toHaveLength(planned.counts.test)
  const { images: pictures } = await host.request('datasets.show', { name: 'sample' })
  for (const { file, position } of images) expect(pictures[position]?.file).toBe(file)
  const wells = (split: string) => new Set(images.filter((image) => image.split === split).map(({ well }) => well))
  expect([...wells('test')].filter((well) => wells('train').has(well))).toEqual([])
  expect((await host.request('study.list', {})).studies).toEqual([])
  await expect(host.request('study.preview', { ...plan, sizes: [100_000] })).rejects.toThrow('cannot be drawn')
})
