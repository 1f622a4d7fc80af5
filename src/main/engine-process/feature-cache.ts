import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { decodeSafetensors, encodeSafetensors } from '../engine/safetensors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { sweepPartials } from '../files/partials.ts'
import { sha256 } from '../files/checksum.ts'

/** At most so many sets of features are kept; the oldest go first. */
const mostFiles = 24

/** Everything that features depend on. */
type FeatureInputs = Readonly<Record<string, string | number>>

/**
 * Features of real pictures, kept under a hash of all that they depend on. A file that is damaged, or was never finished,
 * is as good as none: the features are worked out again and take its place.
 */
export class FeatureCache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * @param inputs everything that the features depend on
   * @param shape [pictures, size of a feature vector]
   */
  async provide(
    inputs: FeatureInputs,
    shape: readonly [number, number],
    compute: () => Promise<Float32Array>
  ): Promise<Float32Array> {
    const kept = await this.find(inputs, shape)
    if (kept !== undefined) return kept
    const features = await compute()
    try {
      await this.#keep(this.#path(inputs, shape), shape, features)
    } catch (thrown) {
      if (!isTroubleWithDisk(thrown)) throw thrown // without room the next evaluation computes them again
    }
    return features
  }

  /** What was kept, where it is there and whole. */
  find(inputs: FeatureInputs, shape: readonly [number, number]): Promise<Float32Array | undefined> {
    return readKept(this.#path(inputs, shape), shape)
  }

  #path(inputs: FeatureInputs, shape: readonly [number, number]): string {
    return join(this.#folder, `${sha256(JSON.stringify({ ...inputs, shape })).slice(0, 32)}.safetensors`)
  }

  async #keep(path: string, shape: readonly [number, number], features: Float32Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await sweepPartials(this.#folder)
    const metadata = { sha256: checksum(features) }
    await writeFileAtomic(path, encodeSafetensors({ features: { shape: [...shape], data: features } }, metadata))
    await this.#forgetOldest()
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.safetensors'))
    const files = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(join(this.#folder, name))).mtimeMs }))
    )
    const old = files.sort((a, b) => b.time - a.time).slice(mostFiles)
    for (const { name } of old) await rm(join(this.#folder, name), { force: true })
  }
}

/** The features of a file that is there and whole. */
async function readKept(path: string, [pictures, size]: readonly [number, number]): Promise<Float32Array | undefined> {
  try {
    const { tensors, metadata } = decodeSafetensors(await readFile(path))
    const { features } = tensors
    const isWhole = features?.shape[0] === pictures && features.shape[1] === size
    return isWhole && metadata['sha256'] === checksum(features.data) ? features.data : undefined
  } catch (thrown) {
    if (thrown instanceof AppError || (thrown instanceof Error && 'code' in thrown)) return undefined
    throw thrown
  }
}

function checksum({ buffer, byteOffset, byteLength }: Float32Array): string {
  return sha256(new Uint8Array(buffer, byteOffset, byteLength))
}

function isTroubleWithDisk(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(code)
}
