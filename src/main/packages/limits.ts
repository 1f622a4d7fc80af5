import { limits } from '../../shared/limits.ts'
import { type Place } from './entry-names.ts'

/** What a package may hold. Larger things are refused before memory or disk is taken for them. */
export interface PackageLimits {
  readonly entries: number
  /** Inflated size of a picture or mask. */
  readonly pictureBytes: number
  /** Inflated size of a JSON or text entry. */
  readonly textBytes: number
  /** Inflated size of everything. */
  readonly totalBytes: number
  /** Inflated by packed size of an entry beyond 1 MiB: our JSON stays below 50, a bomb reaches 1000. */
  readonly ratio: number
}

export const packageLimits: PackageLimits = limits.package

export function entryLimit(most: Pick<PackageLimits, 'pictureBytes' | 'textBytes'>, place: Place): number {
  return place === 'image' || place === 'mask' || place === 'copy' ? most.pictureBytes : most.textBytes
}
