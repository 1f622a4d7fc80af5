import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { SegmenterScore, SegmenterSettings } from '../../shared/segmentation.ts'
import { type TensorMap } from '../engine/common/tensor-map.ts'
import { decodeSafetensors, encodeSafetensors } from '../engine/safetensors.ts'
import { type FeatureNetwork } from '../engine/networks/feature-network.ts'
import { type SavedSegmenter, SegmenterState } from '../engine/segmenter-state.ts'
import { removeFolder, stageFolder } from '../files/atomic-write.ts'
import { sha256 } from '../files/checksum.ts'
import { sweepPartials } from '../files/partials.ts'

const parts = ['network', 'optimizer'] as const
type Part = (typeof parts)[number]

/** `state.json` of a safe point: the numbers beside the tensors, and a seal on each of their files. */
const StateFile = z.object({
  version: z.literal(1),
  isBest: z.boolean(),
  settings: SegmenterSettings,
  /** Pixels that the network sees for one of a picture. */
  scale: z.number().positive(),
  iteration: z.int().nonnegative(),
  seconds: z.number(),
  best: SegmenterScore.optional(),
  seals: z.object({ network: z.string(), optimizer: z.string() })
})
type StateFile = z.infer<typeof StateFile>

type PointNotes = Pick<StateFile, 'settings' | 'scale' | 'isBest'>

/** What of a safe point a network is used with. */
export interface SegmenterModel extends Pick<StateFile, 'settings' | 'scale' | 'iteration'> {
  readonly network: TensorMap
}

/** The safe points of one segmenter: `checkpoints/<iteration>/`, each whole or absent; the two newest and the best. */
export class SegmenterPoints {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = join(folder, 'checkpoints')
  }

  /** Makes a safe point: written beside, synced, renamed. Then removes what is neither new nor the best. */
  async write(saved: SavedSegmenter, { settings, scale, isBest }: PointNotes): Promise<void> {
    const folder = join(this.#folder, String(saved.iteration).padStart(8, '0'))
    const was = await readState(folder).catch(() => undefined)
    await removeFolder(folder)
    const staged = await stageFolder(folder)
    try {
      const bytes = {
        network: encodeSafetensors(saved.tensors.network),
        optimizer: encodeSafetensors(saved.tensors.optimizer)
      }
      for (const part of parts) await writeFile(join(staged.path, fileOf(part)), bytes[part])
      const { iteration, seconds, best } = saved
      const state: StateFile = {
        version: 1,
        isBest: isBest || was?.isBest === true,
        settings,
        scale,
        iteration,
        seconds,
        ...(best !== undefined && { best }),
        seals: { network: sha256(bytes.network), optimizer: sha256(bytes.optimizer) }
      }
      await writeFile(join(staged.path, 'state.json'), JSON.stringify(state, undefined, 1))
      await staged.commit()
    } finally {
      await staged.discard()
    }
    await this.#rotate()
  }

  /**
   * The newest whole safe point, to go on from; what a killed process had begun is swept away, and damaged ones are passed
   * over. Settings other than the length must be the same.
   */
  async newest(settings: SegmenterSettings, encoder?: FeatureNetwork): Promise<SegmenterState | undefined> {
    await sweepPartials(this.#folder)
    for (const { folder, state } of await this.#all()) {
      const network = await readPart(folder, 'network', state).catch(() => undefined)
      const optimizer = await readPart(folder, 'optimizer', state).catch(() => undefined)
      if (network === undefined || optimizer === undefined) continue
      const { iteration, seconds, best } = state
      return SegmenterState.restore(settings, { iteration, seconds, best, tensors: { network, optimizer } }, encoder)
    }
    return undefined
  }

  /** The weights to use. @throws AppError of kind `input` where there is no whole safe point */
  async choose(which: 'best' | 'last'): Promise<SegmenterModel> {
    const all = await this.#all()
    const best = which === 'best' ? all.filter(({ state }) => state.isBest) : []
    for (const { folder, state } of [...best, ...all]) {
      const network = await readPart(folder, 'network', state).catch(() => undefined)
      if (network !== undefined) return { ...state, network }
    }
    throw refuse('This segmentation model has no safe point that can be read.', {
      file: this.#folder,
      next: 'Train it further first, or restore its files from a copy.'
    })
  }

  /** Newest first; a folder that does not describe itself is none. */
  async #all(): Promise<{ readonly folder: string; readonly state: StateFile }[]> {
    const names: string[] = await readdir(this.#folder).catch(() => [])
    const found = await Promise.all(
      names
        .filter((name) => /^\d+$/.test(name))
        .map(async (name) => {
          const folder = join(this.#folder, name)
          const state = await readState(folder).catch(() => undefined)
          return state === undefined ? [] : [{ folder, state }]
        })
    )
    return found.flat().sort((a, b) => b.state.iteration - a.state.iteration)
  }

  async #rotate(): Promise<void> {
    const all = await this.#all()
    // `isBest` was true of each at its time: the newest of them is the best of all.
    const best = all.find(({ state }) => state.isBest)
    for (const point of all.slice(2)) if (point !== best) await removeFolder(point.folder)
  }
}

function fileOf(part: Part): string {
  return `${part}.safetensors`
}

async function readState(folder: string): Promise<StateFile> {
  return StateFile.parse(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')))
}

async function readPart(folder: string, part: Part, { seals }: StateFile): Promise<TensorMap> {
  const bytes = await readFile(join(folder, fileOf(part)))
  if (sha256(bytes) !== seals[part]) throw refuse('This safe point is damaged.', { file: join(folder, fileOf(part)) })
  return decodeSafetensors(bytes).tensors
}
