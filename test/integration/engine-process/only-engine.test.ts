import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
    await holdAsOnlyEngine(folder, 0)
  )()
})

test('an engine that is stuck is named after a while', async () => {
  const folder = await temporaryFolder()
  const { place } = ownMark()
  writeFileSync(join(folder, 'engine.json'), JSON.stringify({ place, pid: process.ppid }))
  await expect(holdAsOnlyEngine(folder, 100)).rejects.toThrow('An engine from an earlier start')
})
