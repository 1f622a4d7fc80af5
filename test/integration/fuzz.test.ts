import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { diceOf } from '../fuzz/damage.ts'
import { mutate } from '../fuzz/mutate.ts'
import { usableSeconds } from '../fuzz/process-watch.ts'
import { makeSeeds } from '../fuzz/seeds.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../../scripts/fuzz.ts')

test('the same seed damages every format in the same way, and another seed in another', async () => {
  const damaged = (start: number, seeds: Awaited<ReturnType<typeof makeSeeds>>) =>
    seeds.flatMap(({ files, targets }, i) =>
      targets.map((name) =>
        Buffer.from(mutate(name, files[name] ?? new Uint8Array(), diceOf(start + i))).toString('hex')
      )
    )
  const seeds = await makeSeeds()
  expect(damaged(1, seeds)).toEqual(damaged(1, seeds))
  expect(damaged(2, seeds)).not.toEqual(damaged(1, seeds))
  const unharmed = seeds.flatMap(({ files, targets }) =>
    targets.map((name) => Buffer.from(files[name] ?? []).toString('hex'))
  )
  const same = damaged(3, seeds).filter((hex, i) => hex === unharmed[i])
  expect(same.length).toBeLessThan(unharmed.length / 4)
})

test('a trial is charged for the time that it could use, not for that of other programs', () => {
  expect(usableSeconds(0.05, 0.01, true)).toBe(0.01) // it got a fifth of the processor
  expect(usableSeconds(0.05, 0.1, true)).toBe(0.05) // two threads at work
  expect(usableSeconds(0.05, 0, false)).toBe(0.05) // it waits for something that may never come
  expect(usableSeconds(600, 0, false)).toBeLessThan(1) // the computer slept
})

test('a short search finds nothing, and says how to repeat it', async () => {
  const out = await temporaryFolder()
  const { stdout } = await run(process.execPath, [script, '--minutes', '0.05', '--seed', '11', '--out', out])
  expect(stdout).toMatch(/^Seed 11: \d+ formats/)
  expect(stdout).toMatch(/[1-9]\d* files were tried; nothing was found\./)
}, 120_000)

test('a time that is no number is wrong usage', async () => {
  await expect(run(process.execPath, [script, '--minutes', 'x'])).rejects.toMatchObject({ code: 2 })
})
