import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../src/main/images/png-encode.ts'
import { sha256File } from '../../../src/main/files/checksum.ts'
import { type SegmenterEntry } from '../../../src/shared/segmentation.ts'
import { type Task } from '../../../src/shared/tasks.ts'
import { disc, paintDiscs } from '../../support/discs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

/** As small as a network can be trained. */
const quick = { batch: 2, crop: 32, engine: 'wasm', seed: 3, evaluateEvery: 2 } as const

let workspace: string
let source: string
let host: TestApp

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  source = await temporaryFolder(afterAll)
  await drawNuclei(source, 12)
  host = await openTestApp(workspace)
  await host.request('datasets.import', { source, name: 'nuclei' })
})
afterAll(() => host.app.close())

async function drawNuclei(folder: string, count: number): Promise<void> {
  for (const part of ['images', 'labels']) await mkdir(join(folder, part), { recursive: true })
  for (let i = 0; i < count; i++) {
    const picture = paintDiscs(48, 40, [disc(12 + (i % 3), 12, 7), disc(26, 34 - (i % 4), 8)])
    const gray = Uint8Array.from(picture.labels, (label) => (label > 0 ? 180 : 20))
    await writeFile(join(folder, 'images', `n${i}.png`), encodeGrayPng8(gray, 48, 40))
    await writeFile(join(folder, 'labels', `n${i}.png`), encodeLabelPng16(Uint32Array.from(picture.labels), 48, 40))
  }
}

function weightsOf(id: string, iteration: number): Promise<string> {
  const point = join(workspace, 'segmenters', id, 'checkpoints', String(iteration).padStart(8, '0'))
  return sha256File(join(point, 'network.safetensors'))
}

test('a segmenter learns, is chosen by real pictures that it has not learned from, and finds cells as COCO', async () => {
  const { model, best, history } = await host.request('segment.train', {
    ...quick,
    sets: ['nuclei'],
    name: 'first',
    iterations: 4,
    copyPaste: 0.5,
    intensity: 'usual'
  })
  expect(model).toMatchObject({ state: 'finished', iteration: 4, parameters: 1_654_183 })
  const [learned, validated] = [model.learnedFrom[0]?.images ?? [], model.validatedOn[0]?.images ?? []]
  expect([learned.length, validated.length]).toEqual([11, 1])
  expect(learned).not.toContain(validated[0])
  expect([2, 4]).toContain(best?.iteration)
  const lines = (await readFile(join(workspace, history), 'utf8')).trimEnd().split('\n')
  const kinds = lines.map((line) => (JSON.parse(line) as SegmenterEntry).kind)
  expect(kinds).toEqual(['step', 'step', 'evaluation', 'step', 'step', 'evaluation'])

  const out = join(workspace, 'cells.json')
  const predicted = await host.request('segment.predict', { model: 'first', source: 'nuclei', out, engine: 'wasm' })
  expect(predicted).toMatchObject({ predictions: out, images: 12, refused: [] })
  const coco = JSON.parse(await readFile(out, 'utf8')) as { images: { file_name: string }[]; annotations: Found[] }
  expect(coco.images.map(({ file_name: name }) => name)).toContain('n0.png')
  for (const { score } of coco.annotations) expect(score).toBeGreaterThanOrEqual(0)
  const bare = await host.request('segment.predict', {
    model: 'first',
    source: join(source, 'images'),
    out,
    engine: 'wasm'
  })
  expect(bare.images).toBe(12)
  const { origin } = await host.request('things.origin', { thing: 'first' })
  expect(origin.from[0]).toMatchObject({ kind: 'dataset', name: 'nuclei' })
})

interface Found {
  readonly score: number
}

test('a paused segmenter goes on exactly, also by rebuilt targets', async () => {
  const input = { ...quick, sets: ['nuclei'], iterations: 5, syntheticShare: 0.5 }
  const whole = await host.request('segment.train', { ...input, name: 'whole' })
  const task = await host.request('tasks.start', { kind: 'segment', input: { ...input, name: 'parts' } })
  const shown = () => host.request('tasks.show', { id: task.id })
  const until = async (isReached: (task: Task) => boolean): Promise<Task> => {
    for (;;) {
      const now = await shown()
      if (isReached(now)) return now
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await until(({ done = 0, state }) => done >= 2 || state === 'done')
  await host.request('tasks.pause', { id: task.id, follow: true })
  const [dataset] = (await host.request('datasets.list', {})).datasets
  await rm(join(workspace, 'datasets', dataset?.id ?? '', 'segmentation'), { recursive: true })
  const { state, thing = '' } = await shown()
  if (state === 'paused') await host.request('tasks.resume', { id: task.id, follow: true })
  expect((await shown()).state).toBe('done')
  expect(await weightsOf(thing, 5)).toBe(await weightsOf(whole.model.id, 5))
})

test('what cannot be learned from or chosen by is refused in a sentence, and nothing stays', async () => {
  const input = { ...quick, sets: ['nuclei'], name: 'never', iterations: 2 }
  const train = (more: object) => host.request('segment.train', { ...input, ...more })
  await expect(train({ sets: ['nowhere'] })).rejects.toThrow('There is no data set called "nowhere".')
  await expect(train({ sets: [{ set: 'nuclei', images: ['x.png'] }] })).rejects.toThrow(
    '"nuclei" has no picture with cells called "x.png".'
  )
  await expect(train({ validation: [{ set: 'nuclei', images: ['n1.png'] }] })).rejects.toThrow(
    'would be learned from and choose the checkpoint as well'
  )
  await expect(train({ crop: 50 })).rejects.toThrow('must be a multiple of 16 from 32 to 1024, not 50')
  const out = join(workspace, 'none.json')
  await expect(host.request('segment.predict', { model: 'first', source: '/nowhere', out })).rejects.toThrow(
    'There is no set called "/nowhere" in this workspace, and no folder of this name.'
  )
  const { things } = await host.request('things.storage', {})
  expect(things.map(({ name }) => name)).not.toContain('never')
})
