import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ThreadPool } from '../../../../src/main/threads/pool.ts'

const workerPath = join(import.meta.dirname, '../../../support/thread-entry.ts')
const guard = { file: 'evil.png', seconds: 0.5 }
let pool: ThreadPool | undefined

function open(threads = 1): ThreadPool {
  return (pool = new ThreadPool({ workerPath, threads, heapMebibytes: 64 }))
}

afterEach(() => pool?.close())

test('gives the outcome of each task to whoever asked for it', async () => {
  const threads = open(2)
  const outcomes = [1, 2, 3, 4].map((input) => threads.run<number>(input, { name: 'double' }))
  expect(await Promise.all(outcomes)).toEqual([2, 4, 6, 8])
})

test('an error keeps its kind, file and next step on its way from a thread', async () => {
  await expect(open().run('a.png', { name: 'refuseAll' })).rejects.toMatchObject({
    name: 'AppError',
    kind: 'input',
    message: 'a.png is not read.',
    file: 'a.png',
    next: 'Copy it again.'
  })
})

test('guarded work without a sign is ended and its file named, and the next task is done', async () => {
  const threads = open()
  await expect(threads.run(undefined, { name: 'spin', guard })).rejects.toMatchObject({
    kind: 'input',
    file: 'evil.png'
  })
  expect(await threads.run<number>(4, { name: 'double', guard })).toBe(8)
})

test('guarded work that takes more memory than a thread may have costs its file alone', async () => {
  const threads = open()
  const filling = threads.run(undefined, { name: 'fill', guard: { ...guard, seconds: 60 } })
  await expect(filling).rejects.toMatchObject({ kind: 'input', message: expect.stringContaining('64 MB') as string })
  expect(await threads.run<number>(5, { name: 'double', guard })).toBe(10)
})

test('whoever asked can end the work', async () => {
  const threads = open()
  const spinning = threads.run(undefined, { name: 'spin', signal: AbortSignal.timeout(300) })
  await expect(spinning).rejects.not.toMatchObject({ kind: 'input' })
  expect(await threads.run<number>(6, { name: 'double' })).toBe(12)
})
