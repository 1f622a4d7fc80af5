import type { Task } from '../../shared/tasks.ts'
import { removeFolder } from '../files/atomic-write.ts'
import type { AppContext } from './app-context.ts'

/** Removes what a task made, with its folder. */
export async function removeMade({ catalog, folders, emit }: AppContext, { thing }: Task): Promise<void> {
  for (const collection of ['datasets', 'prepared', 'synthetic'] as const) {
    if (thing === undefined || !catalog[collection].hasId(thing)) continue
    await removeFolder(folders.folder(collection, thing))
    catalog[collection].remove(thing)
    emit({ event: 'workspace.changed' })
  }
}
