import { rm } from 'node:fs/promises'
import type { Task } from '../../shared/tasks.ts'
import { removeFolder } from '../files/atomic-write.ts'
import type { AppContext } from './app-context.ts'
import { isWhole } from './package-arrival.ts'
import { packageFileOf } from './stored-packages.ts'

/** Removes what a task made, with its folder. Wherever this is cut off, what is left of it is in the trash. */
export async function removeMade(app: AppContext, { thing }: Task): Promise<void> {
  const { catalog, folders, environment, emit } = app
  for (const collection of ['datasets', 'prepared', 'synthetic', 'packages'] as const) {
    if (thing === undefined || !catalog[collection].hasId(thing)) continue
    catalog[collection].tend(thing, { trashed: environment.now().toISOString() })
    if (collection === 'packages') await removePackageFile(app, thing)
    await removeFolder(folders.folder(collection, thing))
    catalog[collection].remove(thing)
    emit({ event: 'workspace.changed' })
  }
}

/** Only the file that was made: another may have its name by now. */
async function removePackageFile(app: AppContext, id: string): Promise<void> {
  const stored = app.catalog.packages.called(id).find((each) => each.id === id)
  if (stored !== undefined && (await isWhole(app.folders, stored))) {
    await rm((await packageFileOf(app, id)).path)
  }
}
