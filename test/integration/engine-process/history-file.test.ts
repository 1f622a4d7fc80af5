import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HistoryFile } from '../../../src/main/engine-process/history-file.ts'
import { HistoryEntry } from '../../../src/shared/training.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function step(iteration: number): HistoryEntry {
  const losses = { generatorLoss: 1, discriminatorLoss: 2, d2dGenerator: 0, d2dDiscriminator: 0, realSign: 0.5 }
  return { kind: 'step', iteration, seconds: iteration, ...losses }
}

test('a history cut back to a safe point and written on has no gap and no repeat', async () => {
  const folder = await temporaryFolder()
  const history = new HistoryFile(folder)
  for (let iteration = 1; iteration <= 7; iteration++) await history.append(step(iteration))
  await appendFile(join(folder, 'metrics.jsonl'), '{"kind":"step","iterat') // the line that a kill cut off

  expect(await history.goOnFrom(4)).toEqual([1, 2, 3, 4].map(step))
  for (let iteration = 5; iteration <= 6; iteration++) await history.append(step(iteration))

  const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as HistoryEntry).iteration)).toEqual([1, 2, 3, 4, 5, 6])
})

test('what closed a sitting is taken back when training goes on', async () => {
  const history = new HistoryFile(await temporaryFolder())
  const evaluation = { kind: 'evaluation', iteration: 4, seconds: 4, metric: 'FD', value: 1, classes: [], isBest: true }
  const [score, closing] = [HistoryEntry.parse(evaluation), HistoryEntry.parse({ ...evaluation, isClosing: true })]
  await history.append(step(4))
  await history.append(score)
  await history.append(closing)
  await history.append({ kind: 'note', iteration: 4, text: 'No time was left.' })
  expect(await history.goOnFrom(4)).toEqual([step(4), score])
})

test('a note on a score that training went on without stays in the history', async () => {
  const history = new HistoryFile(await temporaryFolder())
  const note: HistoryEntry = { kind: 'note', iteration: 4, text: 'There was no time for the score that was due.' }
  for (const entry of [step(4), note, step(5)]) await history.append(entry)
  expect(await history.goOnFrom(5)).toEqual([step(4), note, step(5)])
})

test('a run without a history begins with an empty one', async () => {
  const folder = await temporaryFolder()
  expect(await new HistoryFile(folder).goOnFrom(0)).toEqual([])
  expect(await readFile(join(folder, 'metrics.jsonl'), 'utf8')).toBe('')
})
