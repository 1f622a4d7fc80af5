import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { type Checkpoint } from '../../shared/runs.ts'
import { TrainingSettings } from '../../shared/training.ts'
import { decodeSafetensors, encodeSafetensors } from '../engine/safetensors.ts'
import { type SavedState } from '../engine/training/training-state.ts'
import { stageFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { sha256 } from '../files/checksum.ts'

const parts = ['generator', 'generatorEma', 'discriminator', 'optimizer'] as const
type Part = (typeof parts)[number]

const fileNames: Record<Part, string> = {
  generator: 'generator.safetensors',
  generatorEma: 'generator-ema.safetensors',
  discriminator: 'discriminator.safetensors',
  optimizer: 'optimizer.safetensors'
}

const SavedScalars = z.object({
  iteration: z.int(),
  imagesSeen: z.int(),
  seconds: z.number(),
  optimizerSteps: z.object({ generator: z.int(), discriminator: z.int() }),
  pathLengthMean: z.number(),
  best: z.object({ iteration: z.int(), value: z.number() }).optional()
})

const FileSeal = z.object({ bytes: z.int(), sha256: z.string() })

/** `state.json` of a safe point: the numbers beside the tensors, and a seal on each of the tensor files. */
const StateFile = z.object({
  version: z.literal(1),
  isBest: z.boolean(),
  settings: TrainingSettings,
  classes: z.array(z.string()),
  scalars: SavedScalars,
  files: z.record(z.string(), FileSeal)
})
export type StateFile = z.infer<typeof StateFile>

export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly settings: TrainingSettings
  readonly classes: string[]
  readonly saved: SavedState
}

/** The safe points of one run: `checkpoints/<iteration>/`, each whole or absent. */
export class CheckpointFolder {
  readonly #folder: string

  constructor(runFolder: string) {
    this.#folder = join(runFolder, 'checkpoints')
  }

  /**
   * Makes a safe point: written beside, synced, renamed. Then keeps the two newest and the best, and removes the rest.
   *
   * @returns what is kept, newest first
   */
  async write(saved: SavedState, about: Pick<StateFile, 'isBest' | 'settings' | 'classes'>): Promise<Checkpoint[]> {
    const folder = join(this.#folder, String(saved.scalars.iteration).padStart(8, '0'))
    const existing = await readState(folder).catch(() => undefined)
    if (existing === undefined) await this.#writeNew(folder, saved, about)
    else await markBest(folder, existing, saved, about.isBest)
    return this.#rotate()
  }

  /** Removes safe points beyond an iteration: the run goes on from there, and will come to them anew. */
  async dropAfter(iteration: number): Promise<void> {
    const names = await this.#names()
    const later = names.filter((name) => Number(name) > iteration)
    for (const name of later) await rm(join(this.#folder, name), { recursive: true, force: true })
  }

  async #writeNew(
    folder: string,
    { scalars, tensors }: SavedState,
    about: Pick<StateFile, 'isBest' | 'settings' | 'classes'>
  ): Promise<void> {
    await rm(folder, { recursive: true, force: true })
    const staged = await stageFolder(folder)
    try {
      const files: StateFile['files'] = {}
      for (const part of parts) {
        const bytes = encodeSafetensors(tensors[part])
        await writeFile(join(staged.path, fileNames[part]), bytes)
        files[fileNames[part]] = { bytes: bytes.length, sha256: sha256(bytes) }
      }
      const state: StateFile = { version: 1, ...about, scalars, files }
      await writeFile(join(staged.path, 'state.json'), JSON.stringify(state, undefined, 1))
      await staged.commit()
    } finally {
      await staged.discard()
    }
  }

  /** Newest first. A folder whose `state.json` cannot be read is left out. */
  async list(): Promise<Checkpoint[]> {
    const names = await this.#names()
    const states = await Promise.all(names.map((name) => this.#describe(name)))
    return states.filter((state) => state !== undefined).sort((a, b) => b.iteration - a.iteration)
  }

  /**
   * The newest safe point that is whole.
   *
   * @returns undefined when there is none; `damaged` names the newer ones that were passed over
   */
  async newestWhole(): Promise<{ loaded: LoadedCheckpoint; damaged: string[] } | undefined> {
    const damaged: string[] = []
    for (const checkpoint of await this.list()) {
      const loaded = await this.load(checkpoint).catch(() => undefined)
      if (loaded !== undefined) return { loaded, damaged }
      damaged.push(checkpoint.folder)
    }
    return undefined
  }

  /** The one with the best score, or the newest where none was scored yet; or the one of a given iteration. */
  async choose(iteration?: number): Promise<LoadedCheckpoint> {
    const all = await this.list()
    const chosen =
      iteration === undefined
        ? (all.find(({ isBest }) => isBest) ?? all[0])
        : all.find((checkpoint) => checkpoint.iteration === iteration)
    if (chosen !== undefined) return this.load(chosen)
    const there = all.map((checkpoint) => checkpoint.iteration).join(', ')
    throw refuse(
      iteration === undefined
        ? 'This run has no safe point yet.'
        : `This run has no safe point at iteration ${iteration}${there === '' ? '' : ` (there are: ${there})`}.`,
      { file: this.#folder, next: 'Train it further first.' }
    )
  }

  /** @throws AppError of kind `input` when a file is missing, cut off or changed */
  async load(checkpoint: Checkpoint): Promise<LoadedCheckpoint> {
    const folder = join(this.#folder, checkpoint.folder)
    const state = await readState(folder)
    const tensors = await Promise.all(parts.map(async (part) => [part, await readPart(folder, part, state)] as const))
    return {
      checkpoint,
      settings: state.settings,
      classes: state.classes,
      saved: { scalars: state.scalars, tensors: Object.fromEntries(tensors) as SavedState['tensors'] }
    }
  }

  async #describe(name: string): Promise<Checkpoint | undefined> {
    const state = await readState(join(this.#folder, name)).catch(() => undefined)
    if (state === undefined) return undefined
    return { iteration: state.scalars.iteration, folder: name, isBest: state.isBest }
  }

  async #names(): Promise<string[]> {
    const names: string[] = await readdir(this.#folder).catch(() => [])
    return names.filter((name) => /^\d+$/.test(name))
  }

  async #rotate(): Promise<Checkpoint[]> {
    const all = await this.list()
    // `isBest` was true of each at its time: the newest of them is the best of all.
    const best = all.find(({ isBest }) => isBest)
    const kept = all.filter((checkpoint, age) => age < 2 || checkpoint === best)
    for (const checkpoint of all) {
      if (!kept.includes(checkpoint)) await rm(join(this.#folder, checkpoint.folder), { recursive: true, force: true })
    }
    return kept.map((checkpoint) => ({ ...checkpoint, isBest: checkpoint === best }))
  }
}

/** The tensors of this iteration are safe already; an evaluation may have found since that they are the best. */
async function markBest(folder: string, existing: StateFile, { scalars }: SavedState, isBest: boolean): Promise<void> {
  const state: StateFile = { ...existing, scalars, isBest: isBest || existing.isBest }
  await writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state, undefined, 1))
}

async function readState(folder: string): Promise<StateFile> {
  const file = join(folder, 'state.json')
  try {
    return StateFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (thrown) {
    throw refuse('This safe point cannot be read: its description is damaged or of another version.', {
      file,
      next: 'Use an older safe point of the run.',
      cause: thrown
    })
  }
}

async function readPart(folder: string, part: Part, state: StateFile): Promise<SavedState['tensors'][Part]> {
  const file = join(folder, fileNames[part])
  const bytes = await readFile(file)
  const seal = state.files[fileNames[part]]
  if (seal?.bytes !== bytes.length || seal.sha256 !== sha256(bytes)) {
    throw refuse('This safe point is damaged: a file is not as it was written.', {
      file,
      next: 'Use an older safe point of the run.'
    })
  }
  return decodeSafetensors(bytes).tensors
}
