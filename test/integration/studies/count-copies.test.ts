import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultEnvironment } from '../../../src/main/environment.ts'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
import { answerOf, readResults, writeReport } from '../../../src/main/studies/report/write-report.ts'
import { countCopies } from '../../../src/main/studies/count-copies.ts'
import { type Makers, runStudyTask } from '../../../src/main/studies/run-task.ts'
import { studyTasks } from '../../../src/main/study/study-tasks.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { makeStudy, noWatcher, standInMakers } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const side = 48

let folder: string
let copied: string
let mirrored: string
let twins: string[]
let own: string
let real: string

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  const write = async (name: string, pixels: Uint8Array) => {
    const file = join(folder, `${name}.png`)
    await writeFile(file, encodeGrayPng8(pixels, side, side))
    return file
  }
  const shown = blobs(1)
  real = await write('real', shown)
  copied = await write(
    'copied',
    shown.map((value, i) => Math.min(255, value + (i % 3)))
  )
  mirrored = await write(
    'mirrored',
    shown.map((_, i) => shown[i - (i % side) + (side - 1 - (i % side))] ?? 0)
  )
  own = await write('own', blobs(2))
  twins = [await write('twin', blobs(3)), await write('other twin', blobs(3))]
})

/** Bright discs at places of chance. */
function blobs(seed: number): Uint8Array {
  const random = new RandomStream(seed, 'blobs')
  const centres = Array.from(
    { length: 7 },
    () => [random.integer(side), random.integer(side), 3 + random.integer(5)] as const
  )
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)]
    return centres.some(([cx, cy, r]) => (x - cx) ** 2 + (y - cy) ** 2 < r * r) ? 200 : 20
  })
}

test('pictures that give back a training picture, as it is or mirrored, are counted, and so are twins', async () => {
  const { workerPath } = defaultEnvironment()
  const signal = new AbortController().signal
  const training = [{ name: 'real.png', file: real }]
  const count = (pictures: string[]) => countCopies({ pictures, training }, { workerPath, signal })
  expect(await count([copied, mirrored, own, ...twins])).toEqual({ pictures: 5, ofTraining: 2, ofAnother: 1 })
  expect(await count([own])).toEqual({ pictures: 1, ofTraining: 0, ofAnother: 0 })
})

test('the report tells how many pictures of its generators are near-copies, of each and of all together', async () => {
  const frozen = await makeStudy(await temporaryFolder(), { sizes: [2], arms: ['synthetic'], draws: 2 })
  const { segment, makePictures } = standInMakers()
  const makers: Makers = {
    segment,
    makePictures: async (...asked) => {
      const made = await makePictures(...asked)
      const copies = { pictures: 32, ofTraining: 3, ofAnother: 1 }
      return { ...made, record: { ...made.record, details: { copies } } }
    }
  }
  for (const task of studyTasks(frozen.study)) await runStudyTask(frozen, task, makers, noWatcher)
  const results = await readResults(frozen)
  const { html } = await writeReport(frozen, results, answerOf(frozen.study, results))
  const text = await readFile(html, 'utf8')
  expect(/<dt>Near-copies.*?<.dd>/.exec(text)?.[0]).toBe(
    '<dt>Near-copies</dt><dd>of 64 pictures 6 are nearly part of a real one that they were learned from, and 2 nearly another of their set</dd>'
  )
  expect(text.match(/of 32 pictures 3 are nearly part/g)).toHaveLength(2)
})
