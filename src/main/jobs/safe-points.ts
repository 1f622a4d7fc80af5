import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { type Checkpoint } from '../../shared/runs.ts'
import { limits } from '../../shared/limits.ts'
import { readInputFile } from '../files/input-file.ts'

/** Of `state.json`, what tells a safe point from another. */
const State = z.object({ isBest: z.boolean(), scalars: z.object({ iteration: z.int().nonnegative() }) })

/** The safe points in the folder of a run that describe themselves, newest first, as the engine tells them. */
export async function listSafePoints(runFolder: string): Promise<Checkpoint[]> {
  const folder = join(runFolder, 'checkpoints')
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name)).map(({ name }) => name)
  const found = await Promise.all(names.map((name) => describe(folder, name)))
  const points = found.filter((point) => point !== undefined).sort((a, b) => b.iteration - a.iteration)
  // `isBest` was true of each at its time: the newest of them is the best of all.
  const best = points.find(({ isBest }) => isBest)
  return points.map((point) => ({ ...point, isBest: point === best }))
}

/**
 * The safe points in the folder of a run, of which the catalogue knows some.
 *
 * @throws AppError of kind `input` where there should be some and none is left; damaged ones are for the engine to name
 */
export async function requireSafePoints(
  runFolder: string,
  name: string,
  known: readonly Checkpoint[]
): Promise<{ readonly iteration: number }[]> {
  const folder = join(runFolder, 'checkpoints')
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const there = entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name))
  if (there.length === 0 && known.length > 0) {
    throw refuse(`The safe points of "${name}" are no longer in its folder.`, {
      file: folder,
      next: 'Put them back, from a copy or from the trash of the computer; or train a new run. The history of this one stays.',
      remedies: [{ action: 'make', kind: 'run' }]
    })
  }
  return there.map((entry) => ({ iteration: Number(entry.name) }))
}

async function describe(folder: string, name: string): Promise<Checkpoint | undefined> {
  try {
    const text = await readInputFile(join(folder, name, 'state.json'), 'safe point', limits.text.fileBytes)
    const { isBest, scalars } = State.parse(JSON.parse(text.toString()))
    return { iteration: scalars.iteration, folder: name, isBest }
  } catch {
    return undefined // damaged: it is none, as for the engine
  }
}
