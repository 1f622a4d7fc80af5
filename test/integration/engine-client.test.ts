import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ProbeJob } from '../../src/main/jobs/engine-protocol.ts'
import { runOnEngine } from '../../src/main/jobs/engine-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** An engine that says one thing after the other until it is paused, and then its last word. */
const talker = (mark: string) => `
import { writeFileSync } from 'node:fs'
let count = 0
const timer = setInterval(() => process.send({ type: 'notice', text: String(++count) }), 5)
process.on('message', ({ command }) => {
  if (command !== 'pause') return
  clearInterval(timer)
  writeFileSync(${JSON.stringify(mark)}, String(count))
  process.send({ type: 'failed', error: { kind: 'stopped', message: 'It stopped.' } }, () => process.disconnect())
})
`

async function talk(onMessage: (text: string) => void, signal = new AbortController().signal) {
  const folder = await temporaryFolder()
  const [enginePath, mark] = [join(folder, 'engine.mjs'), join(folder, 'paused')]
  await writeFile(enginePath, talker(mark))
  const job: ProbeJob = { job: 'probe', engine: 'wasm', resources: '', compare: false }
  const take = (message: { type: string; text?: string }): void => onMessage(message.text ?? message.type)
  const ended = runOnEngine(
    { enginePath, nodePath: process.execPath },
    { engine: 'wasm', variables: {} },
    job,
    take,
    signal
  )
  const thrown: unknown = await ended.then(
    () => undefined,
    (reason: unknown) => reason
  )
  return { thrown, isPaused: existsSync(mark) }
}

test('what the taker of messages throws pauses the engine and is thrown where it was asked for, and nowhere else', async () => {
  const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  const { thrown, isPaused } = await talk((text) => {
    if (text === '3') throw full
  })
  expect(thrown).toBe(full)
  expect(isPaused).toBe(true)
})

test('of several things that the taker throws the first is told', async () => {
  const { thrown } = await talk((text) => {
    throw new Error(text)
  })
  expect(thrown).toMatchObject({ message: '1' })
})

test('an engine that is stopped while its taker fails ends all the same', async () => {
  const stop = new AbortController()
  const { thrown, isPaused } = await talk(() => {
    stop.abort()
    throw new Error('no room')
  }, stop.signal)
  expect(thrown).toMatchObject({ message: 'no room' })
  expect(isPaused).toBe(true)
})
