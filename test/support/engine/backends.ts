import { resolve } from 'node:path'
import { listPacks } from '../../../src/main/engine-packs/installed-packs.ts'
import { type Backend, type BackendRequest, chooseBackend } from '../../../src/main/backends/backend.ts'

/** The native pack of this checkout, if `npm run engine` has built it. */
export const nativeFolder = (await listPacks([resolve('native')], undefined)).find(
  ({ kind, problem }) => kind === 'native-cpu' && problem === undefined
)?.folder

/** Append this to the name of a suite that skips without the native pack. */
export const withoutNative = nativeFolder === undefined ? ' (skipped: run `npm run engine` for the native pack)' : ''

export function startBackend(name: BackendRequest): Promise<Backend> {
  return chooseBackend(name, { nativeFolder })
}
