import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerOf, readResults, writeReport } from '../../../src/main/studies/report/write-report.ts'
import { type FrozenPlace, type Makers, runStudyTask } from '../../../src/main/studies/run-task.ts'
import { planStudy } from '../../../src/main/studies/plan-study.ts'
import { isSamePlan, readFrozen } from '../../../src/main/studies/study-folder.ts'
import { studyTasks } from '../../../src/main/study/study-tasks.ts'
import { PlanStudyRequest, StudyTable } from '../../../src/shared/studies.ts'
import { freeze, makeDataset, makeStudy, noWatcher, standInMakers, studyProgram } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function runAll(frozen: FrozenPlace, makers: Makers = standInMakers()): Promise<void> {
  for (const task of studyTasks(frozen.study)) await runStudyTask(frozen, task, makers, noWatcher)
}

async function answer(frozen: FrozenPlace) {
  return answerOf(frozen.study, await readResults(frozen))
}

describe('a study', () => {
  test.each(['table2', 'table3', 'table4', 'few-images'] as const)(
    'of the design %s runs to the end and fills its table',
    async (design) => {
      const frozen = await makeStudy(await temporaryFolder(), { design })
      await runAll(frozen)
      const { table, sentences } = await answer(frozen)
      expect(() => StudyTable.parse(table)).not.toThrow()
      expect(table.cells).not.toHaveLength(0)
      const fields = new Set(table.cells.map(({ row, column }) => `${row}/${column}`))
      expect(fields.size).toBe(table.cells.length)
      for (const { ap, interval = [0, 0] } of table.cells) {
        expect(ap).toBeGreaterThanOrEqual(0)
        expect(interval[1] ?? 0).toBeGreaterThanOrEqual(interval[0] ?? 0)
      }
      expect(sentences.join()).toMatch(/helps|harms|cannot tell/)
    }
  )

  test.each(['table2', 'table4', 'few-images'] as const)(
    'gives the same table and report of %s, to the byte, from what it stored',
    async (design) => {
      const root = await temporaryFolder()
      const frozen = await makeStudy(root, { design })
      await runAll(frozen)
      const write = async () => {
        const results = await readResults(frozen)
        return writeReport(frozen, results, answerOf(frozen.study, results))
      }
      const files = await write()
      const bytes = async () => Promise.all([files.html, files.csv, ...files.svg].map((file) => readFile(file, 'utf8')))
      const first = await bytes()
      await write()
      expect(await bytes()).toEqual(first)
      const [html = ''] = first
      expect(html).toContain(frozen.hash)
      expect(html).not.toMatch(/<script|src="(?!data:)|href="http/)
      expect(html).toContain('data:image/png;base64,')
    }
  )

  test('of Table 2 has the columns of the paper, smaller ones of the same proportions in the small preset', async () => {
    const columns = async (preset: 'small' | 'full') => {
      const { study } = await makeStudy(await temporaryFolder(), { design: 'table2', preset })
      const training = study.images.filter(({ split }) => split === 'train').length
      return { training, synthetic: study.columns.map(({ synthetic }) => synthetic) }
    }
    expect((await columns('full')).synthetic).toEqual([0, 1600, 3200, 6400])
    const { training, synthetic } = await columns('small')
    expect(synthetic).toEqual([0, Math.ceil(training / 2), training, 2 * training])
  })

  test('shows no field before all its repeats are done', async () => {
    const frozen = await makeStudy(await temporaryFolder(), { arms: ['copy-paste'], sizes: [2] })
    const tasks = studyTasks(frozen.study)
    for (const task of tasks.slice(0, -1)) await runStudyTask(frozen, task, standInMakers(), noWatcher)
    expect((await answer(frozen)).table.cells.map(({ arm }) => arm)).not.toContain('copy-paste')
    await runAll(frozen)
    expect((await answer(frozen)).table.cells.map(({ arm }) => arm)).toContain('copy-paste')
  })

  test('does no finished task again', async () => {
    const frozen = await makeStudy(await temporaryFolder(), { arms: ['copy-paste'], sizes: [2] })
    const seen: string[] = []
    await runAll(frozen, standInMakers(seen))
    const once = seen.length
    await runAll(frozen, standInMakers(seen))
    expect(seen).toHaveLength(once)
    expect(once).toBe(studyTasks(frozen.study).length)
  })

  test('takes the same few images into the many, and as many of each class', async () => {
    const { study } = await makeStudy(await temporaryFolder(), { sizes: [2, 4, 8] })
    const classes = new Map(study.images.map((image) => [image.id, image.class]))
    for (const order of study.order) {
      const few = order.slice(0, 4).map((id) => classes.get(id))
      expect(few.filter((name) => name === 'round')).toHaveLength(2)
    }
    expect(study.order[0]).not.toEqual(study.order[1])
  })
})

describe('planted effects', () => {
  async function planted(arm: 'synthetic' | 'real-repeated' | 'synthetic-shuffled-masks') {
    const root = await temporaryFolder()
    const [dataset, images] = await makeDataset(root, 60)
    const [more] = await makeDataset(root, 24, 'more')
    const given = { id: more.id, name: 'more', kind: 'dataset', images: 24, leaks: 'real images' } as const
    const request = PlanStudyRequest.parse({
      name: arm,
      preset: 'small',
      sizes: [4],
      draws: 3,
      repeats: 4,
      counts: [20],
      arms: [arm]
    })
    const facts = { dataset, images, given, program: studyProgram, created: '2026-01-01T00:00:00.000Z' }
    const frozen = await freeze(root, { ...planStudy(request, facts), resamples: 300 })
    await runAll(frozen)
    return (await answer(frozen)).table.cells.find((cell) => cell.arm === arm)
  }

  test('real images passed off as synthetic are found to help', async () => {
    const cell = await planted('synthetic')
    expect(cell?.verdict).toBe('helps')
    expect(cell?.interval?.[0]).toBeGreaterThan(0)
  })

  test('copies of the training images are not', async () => {
    const cell = await planted('real-repeated')
    expect(cell?.verdict).toBe('cannot-tell')
  })

  test('masks of other pictures are found to harm', async () => {
    const cell = await planted('synthetic-shuffled-masks')
    expect(cell?.verdict).toBe('harms')
    expect(cell?.interval?.[1]).toBeLessThan(0)
  })
})

describe('the frozen question', () => {
  test('cannot be changed', async () => {
    const { place } = await makeStudy(await temporaryFolder())
    const text = await readFile(place.questionFile, 'utf8')
    await writeFile(place.questionFile, text.replace('"metric": "AP"', '"metric": "F1"'))
    await expect(readFrozen(place)).rejects.toThrow('was changed after it had been frozen')
  })

  test('is the same again when it is planned with the same words, and another with others', async () => {
    const root = await temporaryFolder()
    const { place } = await makeStudy(root)
    const { study } = await readFrozen(place)
    const again = await makeStudy(await temporaryFolder())
    expect(isSamePlan(study, { ...again.study, created: 'later', program: 'newer', name: 'another' })).toBe(true)
    expect(isSamePlan(study, { ...again.study, smallestEffect: 0.5 })).toBe(false)
  })

  test('is refused to another version of the program, before anything is computed', async () => {
    const frozen = await makeStudy(await temporaryFolder())
    const [task] = studyTasks(frozen.study)
    const seen: string[] = []
    const other = { ...frozen, program: '0.0.1' }
    await expect(
      runStudyTask(other, task ?? expect.fail('a study has tasks'), standInMakers(seen), noWatcher)
    ).rejects.toThrow('version 9.9.9')
    expect(seen).toEqual([])
  })
})

describe('a generator', () => {
  const oneArm = { arms: ['synthetic'], sizes: [2], draws: 1, repeats: 1 } satisfies Partial<PlanStudyRequest>

  test('that learned from more than its arm may is refused', async () => {
    const frozen = await makeStudy(await temporaryFolder(), oneArm)
    const beyond = frozen.study.images.find(({ id }) => id === frozen.study.order[0]?.[2])?.file ?? ''
    const { segment, makePictures } = standInMakers()
    const greedy: Makers = {
      segment,
      makePictures: async (...about) => {
        const made = await makePictures(...about)
        return { ...made, record: { ...made.record, trainedOn: [beyond] } }
      }
    }
    await expect(runAll(frozen, greedy)).rejects.toThrow(`learned from ${beyond}, which synthetic.c0.d0.g0.s0`)
    expect((await readResults(frozen)).arms.has('synthetic.c0.d0.g0.s0')).toBe(false)
  })

  test('that paints almost no cells is told of beside the answer', async () => {
    const frozen = await makeStudy(await temporaryFolder(), oneArm)
    await runAll(frozen)
    expect((await answer(frozen)).sentences.join()).not.toContain('Caution')
    const file = join(frozen.place.pictures('generator.c0.d0.g0'), 'about.json')
    const about = await readFile(file, 'utf8')
    await writeFile(file, about.replaceAll('"cells":4,"removed', '"cells":0,"removed'))
    const { sentences } = await answer(frozen)
    expect(sentences[0]).toContain('Caution: Its generator painted almost no cells')
  })
})

describe('results', () => {
  test('of another version or question are refused', async () => {
    const frozen = await makeStudy(await temporaryFolder(), { arms: ['copy-paste'], sizes: [2] })
    await runAll(frozen)
    const [task] = studyTasks(frozen.study)
    const file = join(frozen.place.result(task?.id ?? ''), 'about.json')
    const record = await readFile(file, 'utf8')
    await writeFile(file, record.replace('"9.9.9"', '"0.0.1"'))
    await expect(readResults(frozen)).rejects.toThrow('made by version 0.0.1')
    await writeFile(file, record.replace(frozen.hash, 'ab'.repeat(32)))
    await expect(readResults(frozen)).rejects.toThrow('answers another question')
    await writeFile(file, record.slice(0, 20))
    await expect(readResults(frozen)).rejects.toThrow('is damaged')
  })

  test('with scores that are no numbers, or of unknown images, are refused and leave nothing', async () => {
    const frozen = await makeStudy(await temporaryFolder(), { arms: ['copy-paste'], sizes: [2] })
    const [task = expect.fail('a study has tasks')] = studyTasks(frozen.study)
    const { makePictures } = standInMakers()
    const saying = (id: number, score: number): Makers => ({
      makePictures,
      segment: () =>
        Promise.resolve({ predictions: new Map([[id, [{ counts: 'PP1', score }]]]), details: {}, notes: [] })
    })
    const test = frozen.study.images.find(({ split }) => split === 'test')
    await expect(runStudyTask(frozen, task, saying(test?.id ?? 0, NaN), noWatcher)).rejects.toThrow('not a number')
    await expect(runStudyTask(frozen, task, saying(4711, 0.5), noWatcher)).rejects.toThrow('4711')
    expect((await readResults(frozen)).done).toBe(0)
  })
})
