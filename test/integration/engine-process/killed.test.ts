import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CheckpointFolder } from '../../../src/main/engine-process/checkpoints.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { type HistoryEntry } from '../../../src/shared/training.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const program = join(import.meta.dirname, '../../support/engine/endless-training.ts')

/** Runs side by side, and how often each is killed. */
const runs = 2
const killsEach = 25
/** It is killed after one to four steps, and up to so many milliseconds: while it saves, or computes the next one. */
const mostSteps = 4
const mostMilliseconds = 30

interface Start {
  readonly from: number
  readonly damaged: readonly string[]
}

/** Lets the program go on for some steps and milliseconds, and kills it. */
async function liveAndDie(runFolder: string, random: RandomStream): Promise<Start> {
  const child = fork(program, [runFolder], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  try {
    const start = await message<Start>(child)
    for (let steps = 1 + random.integer(mostSteps); steps > 0; steps--) await message(child)
    await sleep(random.uniform() * mostMilliseconds)
    return start
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the program ended by itself with ${String(code)}`))
    child.once('exit', ended)
    child.once('message', (content) => {
      child.off('exit', ended)
      resolve(content as T) // what the program sends
    })
  })
}

async function stepsIn(runFolder: string): Promise<number[]> {
  const text = await readFile(join(runFolder, 'metrics.jsonl'), 'utf8')
  const lines = text.split('\n').filter((line) => line.endsWith('}'))
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as HistoryEntry // what the program wrote
    return entry.kind === 'step' ? [entry.iteration] : []
  })
}

test('a run that is killed at 50 random moments finds a whole safe point each time, and loses one iteration', async () => {
  await Promise.all(
    Array.from({ length: runs }, async (_, run) => {
      const runFolder = await temporaryFolder()
      const random = new RandomStream(run, 'kills')
      let told = 0 // iterations that were certainly safe at the last kill
      for (let kill = 0; kill < killsEach; kill++) {
        const start = await liveAndDie(runFolder, random)
        expect(start.damaged).toEqual([])
        expect(start.from).toBeGreaterThanOrEqual(told)

        const steps = await stepsIn(runFolder)
        const newest = await new CheckpointFolder(runFolder).newestWhole()
        const safe = newest?.loaded.checkpoint.iteration ?? 0
        expect(newest?.damaged ?? []).toEqual([])
        expect((steps.at(-1) ?? 0) - safe).toBeLessThanOrEqual(1)
        expect(steps).toEqual(Array.from({ length: steps.length }, (__, i) => i + 1))
        told = safe
      }
      expect(told).toBeGreaterThanOrEqual(killsEach / 2)
    })
  )
}, 600_000)
