import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError, refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { type Checkpoint } from '../../shared/runs.ts'
import { TrainingSettings } from '../../shared/training.ts'
import { decodeSafetensors, encodeSafetensors } from '../engine/safetensors.ts'
import { type TensorMap } from '../engine/common/tensor-map.ts'
import { type SavedModel, type SavedState } from '../engine/gan/training-state.ts'
import { removeFolder, stageFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { sweepPartials } from '../files/partials.ts'
import { sha256 } from '../files/checksum.ts'
import { checkInputFile, readInputFile } from '../files/input-file.ts'

const parts = ['generator', 'generatorEma', 'discriminator', 'maskDiscriminator', 'optimizer'] as const
type Part = (typeof parts)[number]

const fileNames: Record<Part, string> = {
  generator: 'generator.safetensors',
  generatorEma: 'generator-ema.safetensors',
  discriminator: 'discriminator.safetensors',
  maskDiscriminator: 'mask-discriminator.safetensors',
  optimizer: 'optimizer.safetensors'
}

const SavedScalars = z.object({
  iteration: z.int(),
  imagesSeen: z.int(),
  seconds: z.number(),
  optimizerSteps: z.object({ generator: z.int(), discriminator: z.int(), maskDiscriminator: z.int().optional() }),
  pathLengthMean: z.number(),
  leCamAnchors: z.array(z.number()).length(2).readonly().optional(),
  adaptation: z.object({ probability: z.number(), steps: z.int(), signs: z.int(), count: z.int() }).optional(),
  best: z.object({ iteration: z.int(), value: z.number() }).optional()
})

const FileSeal = z.object({ bytes: z.int(), sha256: z.string() })

/** The version of this description; a newer one is refused with a word about it. */
const stateVersion = 1

/** `state.json` of a safe point: the numbers beside the tensors, and a seal on each of the tensor files. */
const StateFile = z.object({
  version: z.literal(stateVersion),
  isBest: z.boolean(),
  /** The score that makes it the best was given because training ended here: it does not count for a run that goes on. */
  isClosing: z.boolean().default(false),
  /** It stands here because of the schedule, and not because a sitting ended or some minutes were over. */
  isScheduled: z.boolean().default(true),
  settings: TrainingSettings,
  classes: z.array(z.string()),
  /** How often the run diverged, went back and continued with other random draws. */
  redraws: z.int().nonnegative().default(0),
  /** Seconds that each stage took (see `TimeLeft`). */
  stageSeconds: z
    .object({ iteration: z.number(), evaluation: z.number(), safePoint: z.number(), sample: z.number() })
    .partial()
    .default({}),
  scalars: SavedScalars,
  files: z.record(z.string(), FileSeal)
})
export type StateFile = z.infer<typeof StateFile>

/** What a safe point says besides the state itself. */
export type StateNotes = Pick<StateFile, 'isBest' | 'settings' | 'classes'> &
  Partial<Pick<StateFile, 'redraws' | 'stageSeconds' | 'isClosing' | 'isScheduled'>>

export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly settings: TrainingSettings
  readonly classes: string[]
  readonly redraws: number
  readonly stageSeconds: StateFile['stageSeconds']
  readonly saved: SavedState
}

/** A trained model without what only its own run needs to go on exactly. */
export interface LoadedModel extends SavedModel {
  readonly checkpoint: Checkpoint
}

/** A person chooses among so many by their pictures: each was the best in its time. */
const bestKept = 3

/** The safe points of one run: `checkpoints/<iteration>/`, each whole or absent. */
export class CheckpointFolder {
  readonly #folder: string

  constructor(runFolder: string) {
    this.#folder = join(runFolder, 'checkpoints')
  }

  /**
   * Makes a safe point: written beside, synced, renamed. Then keeps the two newest and the last three that were the best in their time, and removes the rest.
   *
   * @returns what is kept, newest first
   */
  async write(saved: SavedState, about: StateNotes): Promise<Checkpoint[]> {
    const folder = join(this.#folder, String(saved.scalars.iteration).padStart(8, '0'))
    const existing = await readState(folder).catch(() => undefined)
    if (existing === undefined) await this.#writeNew(folder, saved, about)
    else await writeState(folder, alsoMarked(existing, saved, about))
    return this.#rotate()
  }

  /**
   * The run goes on from an iteration: safe points beyond it are removed, since it will come to them anew, and the best by
   * a closing score is no longer the best. With them goes what a killed process had begun to write or to remove.
   *
   * @returns what is kept, newest first
   */
  async goOnFrom(iteration: number): Promise<Checkpoint[]> {
    await sweepPartials(this.#folder)
    for (const name of await this.#names()) if (Number(name) > iteration) await this.#remove(name)
    for (const { folder } of (await this.#all()).filter(({ isClosing }) => isClosing)) {
      const path = join(this.#folder, folder)
      await writeState(path, { ...(await readState(path)), isBest: false, isClosing: false })
    }
    return marked(await this.#all())
  }

  /**
   * Removes what stands only because a sitting ended or some minutes were over: a finished run has the same safe points
   * however often it was interrupted on the way.
   *
   * @returns what is kept, newest first
   */
  async dropUnscheduled(): Promise<Checkpoint[]> {
    const [newest, ...older] = await this.#all()
    for (const { folder, isBest, isScheduled } of older) if (!isBest && !isScheduled) await this.#remove(folder)
    return newest === undefined ? [] : marked(await this.#all())
  }

  /** Writes a model to be handed out: only what makes pictures or is gone on from, with half of the digits. */
  async writeModel({ scalars, tensors }: SavedModel, about: StateNotes): Promise<void> {
    const folder = join(this.#folder, String(scalars.iteration).padStart(8, '0'))
    await this.#writeNew(folder, { scalars, tensors }, about, 'half')
  }

  async #writeNew(
    folder: string,
    { scalars, tensors }: { readonly scalars: SavedState['scalars']; readonly tensors: Partial<SavedState['tensors']> },
    about: StateNotes,
    precision: 'full' | 'half' = 'full'
  ): Promise<void> {
    await removeFolder(folder)
    const staged = await stageFolder(folder)
    try {
      const files: StateFile['files'] = {}
      for (const part of parts) {
        const content = tensors[part]
        if (content === undefined) continue
        const bytes = encodeSafetensors(content, {}, () => precision === 'half')
        await writeFile(join(staged.path, fileNames[part]), bytes)
        files[fileNames[part]] = { bytes: bytes.length, sha256: sha256(bytes) }
      }
      const notes = { redraws: 0, stageSeconds: {}, isClosing: false, isScheduled: true, ...about }
      const state: StateFile = { version: stateVersion, ...notes, scalars, files }
      await writeFile(join(staged.path, 'state.json'), JSON.stringify(state, undefined, 1))
      await staged.commit()
    } finally {
      await staged.discard()
    }
  }

  /** Newest first. A folder whose `state.json` cannot be read is left out. */
  async list(): Promise<Checkpoint[]> {
    return (await this.#all()).map(checkpointOf)
  }

  async #all(): Promise<DescribedCheckpoint[]> {
    const names = await this.#names()
    const states = await Promise.all(names.map((name) => this.#describe(name)))
    return states.filter((state) => state !== undefined).sort((a, b) => b.iteration - a.iteration)
  }

  /**
   * The newest safe point that is whole.
   *
   * @param last iteration to look at
   * @returns undefined when there is none at all; `damaged` names the newer ones that were passed over
   * @throws AppError of kind `input` when there are some and none can be used: nothing is begun anew in silence
   */
  async newestWhole(
    last = Number.POSITIVE_INFINITY
  ): Promise<{ loaded: LoadedCheckpoint; damaged: string[] } | undefined> {
    const names = (await this.#names()).filter((name) => Number(name) <= last).sort((a, b) => Number(b) - Number(a))
    const damaged: string[] = []
    let reason: unknown
    for (const name of names) {
      try {
        return { loaded: await this.#load(name), damaged }
      } catch (thrown) {
        reason ??= thrown
        damaged.push(name)
      }
    }
    if (reason instanceof AppError) throw reason
    if (reason !== undefined) throw damagedFile(join(this.#folder, names[0] ?? ''), reason)
    return undefined
  }

  /** The one with the best score, or the newest where none was scored yet; or the one of a given iteration. */
  async choose(iteration?: number): Promise<LoadedCheckpoint> {
    return this.load(await this.#choice(iteration))
  }

  /** The same, but only what makes pictures: a built-in model holds no more. */
  async chooseModel(iteration?: number): Promise<LoadedModel> {
    const checkpoint = await this.#choice(iteration)
    const folder = join(this.#folder, checkpoint.folder)
    const state = await readState(folder)
    const [generatorEma, discriminator, maskDiscriminator] = await Promise.all([
      readPart(folder, 'generatorEma', state),
      readPart(folder, 'discriminator', state),
      has(state, 'maskDiscriminator') ? readPart(folder, 'maskDiscriminator', state) : undefined
    ])
    const second = maskDiscriminator === undefined ? {} : { maskDiscriminator }
    return { checkpoint, scalars: state.scalars, tensors: { generatorEma, discriminator, ...second } }
  }

  async #choice(iteration?: number): Promise<Checkpoint> {
    const all = await this.list()
    const chosen =
      iteration === undefined
        ? (all.find(({ isBest }) => isBest) ?? all[0])
        : all.find((checkpoint) => checkpoint.iteration === iteration)
    if (chosen !== undefined) return chosen
    const there = all.map((checkpoint) => checkpoint.iteration).join(', ')
    throw refuse(
      iteration === undefined
        ? 'This run has no safe point yet.'
        : `This run has no safe point at iteration ${iteration}${there === '' ? '' : ` (there are: ${there})`}.`,
      { file: this.#folder, next: 'Train it further first.' }
    )
  }

  /** @throws AppError of kind `input` when a file is missing, cut off or changed */
  load(checkpoint: Checkpoint): Promise<LoadedCheckpoint> {
    return this.#load(checkpoint.folder)
  }

  async #load(name: string): Promise<LoadedCheckpoint> {
    const folder = join(this.#folder, name)
    const state = await readState(folder)
    const there = parts.filter((part) => part !== 'maskDiscriminator' || has(state, part))
    const tensors = await Promise.all(there.map(async (part) => [part, await readPart(folder, part, state)] as const))
    const { settings, classes, redraws, stageSeconds } = state
    return {
      checkpoint: { iteration: state.scalars.iteration, folder: name, isBest: state.isBest },
      settings,
      classes,
      redraws,
      stageSeconds,
      saved: { scalars: state.scalars, tensors: Object.fromEntries(tensors) as SavedState['tensors'] }
    }
  }

  async #describe(name: string): Promise<DescribedCheckpoint | undefined> {
    const state = await readState(join(this.#folder, name)).catch(() => undefined)
    if (state === undefined) return undefined
    const { isBest, isClosing, isScheduled, scalars } = state
    return { iteration: scalars.iteration, folder: name, isBest, isClosing, isScheduled }
  }

  #remove(name: string): Promise<void> {
    return removeFolder(join(this.#folder, name))
  }

  async #names(): Promise<string[]> {
    const names: string[] = await readdir(this.#folder).catch(() => [])
    return names.filter((name) => /^\d+$/.test(name))
  }

  async #rotate(): Promise<Checkpoint[]> {
    const all = await this.#all()
    // The best by a closing score is the best only until training goes on: then it is the one by a due score again.
    const bestDue = all.filter(({ isBest, isClosing }) => isBest && !isClosing).slice(0, bestKept)
    const kept = all.filter((checkpoint, age) => age < 2 || checkpoint.isClosing || bestDue.includes(checkpoint))
    for (const checkpoint of all) if (!kept.includes(checkpoint)) await this.#remove(checkpoint.folder)
    return marked(kept)
  }
}

/** A safe point with what decides how long it is kept. */
interface DescribedCheckpoint extends Checkpoint {
  readonly isClosing: boolean
  readonly isScheduled: boolean
}

function checkpointOf({ iteration, folder, isBest }: DescribedCheckpoint): Checkpoint {
  return { iteration, folder, isBest }
}

/** `isBest` was true of each at its time: the newest of them is the best of all. */
function marked(newestFirst: readonly DescribedCheckpoint[]): Checkpoint[] {
  const best = newestFirst.find(({ isBest }) => isBest)
  return newestFirst.map((checkpoint) => ({ ...checkpointOf(checkpoint), isBest: checkpoint === best }))
}

/** The tensors of this iteration are safe already; an evaluation may have found since that they are the best. */
function alsoMarked(existing: StateFile, { scalars }: SavedState, about: StateNotes): StateFile {
  return {
    ...existing,
    scalars,
    isBest: about.isBest || existing.isBest,
    isClosing: (about.isClosing ?? false) || existing.isClosing,
    isScheduled: (about.isScheduled ?? true) || existing.isScheduled
  }
}

async function writeState(folder: string, state: StateFile): Promise<void> {
  await writeFileAtomic(join(folder, 'state.json'), JSON.stringify(state, undefined, 1))
}

async function readState(folder: string): Promise<StateFile> {
  const file = join(folder, 'state.json')
  let content: unknown
  try {
    content = JSON.parse((await readInputFile(file, 'safe point', limits.text.fileBytes)).toString())
  } catch (thrown) {
    throw damagedFile(file, thrown)
  }
  const { version } = AnyVersion.safeParse(content).data ?? {}
  if (version !== undefined && version > stateVersion) {
    throw refuse('This safe point was written by a newer version of CytoLoom.', {
      file,
      next: 'Continue with the version that wrote it, or a newer one.'
    })
  }
  const state = StateFile.safeParse(content)
  if (!state.success) throw damagedFile(file, state.error)
  return state.data
}

const AnyVersion = z.object({ version: z.int() })

async function readPart(folder: string, part: Part, state: StateFile): Promise<TensorMap> {
  const file = join(folder, fileNames[part])
  try {
    return decodeSafetensors(await readSealed(file, state.files[fileNames[part]])).tensors
  } catch (thrown) {
    throw thrown instanceof AppError ? damagedFile(file, thrown) : thrown
  }
}

function has({ files }: StateFile, part: Part): boolean {
  return files[fileNames[part]] !== undefined
}

async function readSealed(file: string, seal: z.infer<typeof FileSeal> | undefined): Promise<Buffer> {
  const size = await checkInputFile(file, 'safe point')
  const bytes = seal?.bytes === size ? await readFile(file) : undefined
  if (bytes === undefined || sha256(bytes) !== seal?.sha256) throw damagedFile(file)
  return bytes
}

function damagedFile(file: string, cause?: unknown): AppError {
  return refuse('This safe point is damaged: a file is missing, cut off or changed.', {
    file,
    next: 'Restore the file from a copy, or remove the folder of this safe point to continue from an older one.',
    cause
  })
}
