/** Looks for files that the program does not survive: `npm run fuzz -- --minutes 10 [--seed 1] [--only TIFF]`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { diceOf } from '../test/fuzz/damage.ts'
import { mutate } from '../test/fuzz/mutate.ts'
import { makeSeeds, type Seed } from '../test/fuzz/seeds.ts'
import { type Case, Trials } from '../test/fuzz/trial.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: 'fuzz-finds' }
  }
})
const say = (text: string) => process.stdout.write(`${text}\n`)
const casesPerWorkspace = 400
/** Every so many files go through all of the program, the others first through its readers alone. */
const thoroughEvery = 16

/** The files of one case: the seed's number, the position of the case, and nothing else decide about them. */
function makeCase(seeds: readonly Seed[], start: number, position: number): Case {
  const seed = seeds[position % seeds.length]
  if (seed === undefined) throw new Error(`No format is called "${values.only}".`)
  const dice = diceOf(Math.imul(start, 0x9e3779b1) ^ position)
  const target = seed.targets[dice(seed.targets.length)] ?? ''
  const bytes = seed.files[target] ?? new Uint8Array()
  return { ...seed, files: { ...seed.files, [target]: mutate(target, bytes, dice) } }
}

async function keep({ name, files }: Case, label: string, problems: readonly string[]): Promise<void> {
  const folder = resolve(values.out, label)
  for (const [file, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), bytes)
  }
  say(`Found with ${name}, kept in ${folder}:\n  ${problems.join('\n  ')}`)
}

const [minutes, start] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isSafeInteger(start)) {
  say('Usage: npm run fuzz -- --minutes N [--seed S] [--only NAME] [--out FOLDER]')
  process.exit(2)
}
const seeds = (await makeSeeds()).filter(({ name }) => name.includes(values.only))
const end = Date.now() + minutes * 60_000
let [position, finds] = [0, 0]
say(`Seed ${start}: ${seeds.length} formats for ${minutes} minutes.`)
while (Date.now() < end) {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-fuzz-'))
  const trials = new Trials(folder)
  for (let i = 0; i < casesPerWorkspace && Date.now() < end; i++) {
    const trial = makeCase(seeds, start, position)
    const problems = await trials.run(trial, position % thoroughEvery !== 0)
    if (problems.length > 0) {
      finds++
      await keep(trial, `seed-${start}-case-${position}`, problems)
    }
    position++
  }
  await trials.close()
  await rm(folder, { recursive: true, force: true })
}
say(`${position} files were tried; ${finds === 0 ? 'nothing was found' : `${finds} do harm`}.`)
process.exitCode = finds === 0 ? 0 : 1
