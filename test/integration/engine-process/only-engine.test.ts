import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { holdAsOnlyEngine } from '../../../src/main/engine-process/only-engine.ts'
import { ownMark } from '../../../src/main/files/living-process.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('an engine waits for one that was left on the run, and begins when that has ended', async () => {
  const folder = await temporaryFolder()
  const script = join(folder, 'left.mjs')
  writeFileSync(script, 'process.send("here"); setInterval(() => {}, 1000)')
  const left = fork(script)
  await once(left, 'message')
  const { place } = ownMark()
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ place, pid: left.pid }))

  let hasBegun = false
  const beginning = holdAsOnlyEngine(folder).then((release) => {
    hasBegun = true
    return release
  })
  await setTimeout(500)
  expect(hasBegun).toBe(false)
  left.kill('SIGKILL')
  const release = await beginning
  expect(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).toMatchObject({ pid: process.pid })
  await release()
  expect(existsSync(join(folder, 'engine.json'))).toBe(false)
})

test.each([
  ['was cut off', '{"pid": 1'],
  ['names a process that is gone', JSON.stringify({ ...ownMark(), pid: 99_999_999 })],
  [
    'names a process whose number is another one’s by now',
    JSON.stringify({ ...ownMark(), pid: process.ppid, started: '1' })
  ]
])('a mark that %s holds nothing', async (_, mark) => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'engine.json'), mark)
  await (
    await holdAsOnlyEngine(folder, { most: 0 })
  )()
})

test('an engine that is stuck is named after a while', async () => {
  const folder = await temporaryFolder()
  const { place } = ownMark()
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ place, pid: process.ppid }))
  await expect(holdAsOnlyEngine(folder, { most: 100 })).rejects.toThrow('An engine from an earlier start')
})

test('an engine on another computer, or in a container where it has the same number, is waited for while it shows life', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'engine.json')
  writeFileSync(file, JSON.stringify({ ...ownMark(), place: 'another computer' }))
  let renewals = 0
  const renewing = setInterval(() => utimesSync(file, new Date(), new Date(++renewals * 1000)), 50)
  let hasBegun = false
  const beginning = holdAsOnlyEngine(folder, { silence: 1000 }).then((release) => {
    hasBegun = true
    return release
  })
  await setTimeout(2500)
  expect(hasBegun).toBe(false)
  clearInterval(renewing)
  await (
    await beginning
  )()
})

const module = JSON.stringify(join(import.meta.dirname, '../../../src/main/engine-process/only-engine.ts'))

/** A process that holds the run in this folder, and says so. */
function holder(folder: string, then: string): ChildProcess {
  const script = join(folder, `holder-${randomUUID()}.mjs`)
  const log = JSON.stringify(join(folder, 'log'))
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { holdAsOnlyEngine } from ${module}
    const say = (word) => appendFileSync(${log}, word + '\\n')
    const release = await holdAsOnlyEngine(${JSON.stringify(folder)}, { beat: 100 })
    ${then}`
  )
  return fork(script, { execArgv: [] })
}

test('of several that begin at once, each waits for the one before', async () => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ ...ownMark(), pid: 99_999_999 })) // all find it
  const work = `say('begin'); await setTimeout(100); say('end'); await release()`
  const all = Array.from({ length: 5 }, () => holder(folder, work))
  const statuses = await Promise.all(all.map(async (child) => (await once(child, 'exit'))[0] as unknown))
  expect(statuses).toEqual([0, 0, 0, 0, 0])
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('begin\nend\n'.repeat(5))
})

test('an engine whose place was taken while it was asleep ends when it wakes', async () => {
  const folder = await temporaryFolder()
  const asleep = holder(folder, `process.send('here'); while (true);`)
  await once(asleep, 'message')
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ ...ownMark(), id: randomUUID() }))
  expect((await once(asleep, 'exit'))[1]).toBe('SIGKILL')
})
