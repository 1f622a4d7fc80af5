import { mkdir, readFile } from 'node:fs/promises'
import { cpus, hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { EngineName } from '../../shared/runs.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { sha256 } from '../files/checksum.ts'
import { productVersion } from '../product.ts'
import { type EngineSurroundings, likelyEngines, surroundingsKey } from './engine-places.ts'
import { type EngineTrial, fastestOf, tryEngine } from './engine-trials.ts'

/** What `auto` found out on this computer, and when. */
const EngineChoice = z.object({
  engine: EngineName,
  measured: z.array(z.object({ name: EngineName, trainGflops: z.number() })),
  decided: z.string()
})
export type EngineChoice = z.infer<typeof EngineChoice>

export type Try = (surroundings: EngineSurroundings, name: EngineName, signal: AbortSignal) => Promise<EngineTrial>

/**
 * The fastest engine here. Where there is more than one, each is tried for some seconds, once: the choice is remembered
 * for this computer until its engines, its drivers or this program change.
 *
 * @param notice hears what was measured, when something was
 */
export async function chooseEngine(
  surroundings: EngineSurroundings,
  signal: AbortSignal,
  notice: (text: string) => void,
  attempt: Try = tryEngine
): Promise<EngineName> {
  const likely = await likelyEngines(surroundings)
  const [only] = likely
  if (likely.length === 1 && only !== undefined) return only
  const remembered = await rememberedChoice(surroundings)
  if (remembered !== undefined) return remembered.engine

  const trials: EngineTrial[] = []
  for (const name of likely) {
    if (!signal.aborted) trials.push(await attempt(surroundings, name, signal))
  }
  const choice = choiceOf(trials)
  if (signal.aborted) return choice.engine
  notice(choiceSentence(choice))
  await rememberChoice(surroundings, choice)
  return choice.engine
}

/** What follows from trials; wasm, which needs nothing, where none came to an end. */
export function choiceOf(trials: readonly EngineTrial[]): EngineChoice {
  return {
    engine: fastestOf(trials)?.name ?? 'wasm',
    measured: trials.flatMap((trial) =>
      trial.available ? [{ name: trial.name, trainGflops: Number(trial.trainGflops.toPrecision(3)) }] : []
    ),
    decided: new Date().toISOString()
  }
}

export function choiceSentence({ engine, measured }: EngineChoice): string {
  const speeds = measured.map(({ name, trainGflops }) => `${name} ${trainGflops}`).join(', ')
  return `CytoLoom uses ${engine}, the fastest engine on this computer (measured in training, in billions of operations a second: ${speeds}).`
}

/** What was measured earlier, if it still holds. A note that cannot be read is no note. */
export async function rememberedChoice(surroundings: EngineSurroundings): Promise<EngineChoice | undefined> {
  try {
    return EngineChoice.parse(JSON.parse(await readFile(await noteFile(surroundings), 'utf8')))
  } catch {
    return undefined
  }
}

/** Where the note cannot be kept (a folder that may only be read), the next start measures again. */
export async function rememberChoice(surroundings: EngineSurroundings, choice: EngineChoice): Promise<void> {
  try {
    const file = await noteFile(surroundings)
    await mkdir(noteFolder(surroundings), { recursive: true })
    await writeFileAtomic(file, `${JSON.stringify(choice, null, 2)}\n`)
  } catch {
    return
  }
}

function noteFolder({ engineFolder }: EngineSurroundings): string {
  return join(engineFolder, 'choices')
}

/** One note for each computer and state of it: a home folder can be shared by many computers. */
async function noteFile(surroundings: EngineSurroundings): Promise<string> {
  const computer = [hostname(), process.platform, process.arch, cpus()[0]?.model ?? '', String(cpus().length)]
  const programs = [productVersion, process.version, process.env['CYTOLOOM_THREADS'] ?? '']
  const key = sha256(JSON.stringify([computer, programs, await surroundingsKey(surroundings)]))
  return join(noteFolder(surroundings), `${key.slice(0, 20)}.json`)
}
