import { type ArchiveEntry } from './archive.ts'
import { type PackageAbout } from './packed-set.ts'

/** Takes the entries of a package in their order and throws an AppError of kind `input` at the first that does not fit. */
export interface PackageCheck {
  readonly about: PackageAbout
  readAbout(path: string, bytes: Uint8Array): PackageAbout
  readOutlines(path: string, bytes: Uint8Array): void
  readCells(path: string, bytes: Uint8Array): void
  checkImage(entry: ArchiveEntry, bytes: Uint8Array): void | Promise<void>
  checkMask(entry: ArchiveEntry, bytes: Uint8Array): void | Promise<void>
}
