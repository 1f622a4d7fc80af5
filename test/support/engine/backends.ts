import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Backend, type BackendRequest, chooseBackend, findNativePack } from '../../../src/main/engine/backend.ts'

/** The native pack of this checkout, if `npm run engine` has built it. */
export const nativeFolder = findNativePack([resolve('native/tensorflow')], existsSync)

/** Append this to the name of a suite that skips without the native pack. */
export const withoutNative = nativeFolder === undefined ? ' (skipped: run `npm run engine` for the native pack)' : ''

export function startBackend(name: BackendRequest): Promise<Backend> {
  return chooseBackend(name, { nativeFolder })
}
