import { type InstalledPack } from '../../shared/engine-packs.ts'
import { type EngineInfo } from '../../shared/runs.ts'
import { shellWords } from '../text/screens.ts'

/** What the person's work is computed on, in a word. */
export interface ComputeChip {
  readonly device: string
  /** Whether something faster can be had by installing it. */
  readonly isSlow: boolean
}

/**
 * What computes here: as it was last measured; else by the packs, which are chosen wherever they work.
 *
 * @param packs undefined while nobody knows
 */
export function computeChip(
  measured: EngineInfo | undefined,
  packs: readonly InstalledPack[] | undefined
): ComputeChip | undefined {
  if (measured !== undefined) return chipOf(measured)
  if (packs === undefined) return undefined
  const usable = packs.filter(({ problem }) => problem === undefined).map(({ kind }) => kind)
  if (usable.includes('native-gpu')) return { device: shellWords.graphicsCard, isSlow: false }
  if (usable.includes('native-cpu')) return { device: shellWords.processorPack, isSlow: false }
  return { device: shellWords.slow, isSlow: true }
}

function chipOf({ name, device }: EngineInfo): ComputeChip {
  if (name === 'native-gpu' || name === 'webgpu') return { device, isSlow: false }
  if (name === 'native-cpu') return { device: shellWords.processorPack, isSlow: false }
  return { device: shellWords.slow, isSlow: true }
}
