import { type Output } from '../../shared/api.ts'
import { type AppContext } from './app-context.ts'
import { readFolderAbouts } from './folder-abouts.ts'
import { settleInterruptedRuns } from './interrupted-runs.ts'
import { describePackages } from './stored-packages.ts'
import { collections } from './workspace.ts'

/**
 * Brings the catalogue in step with the folders: whatever folder describes itself and is not in the catalogue is taken
 * in. That is a thing whose last step was cut off by a kill, or all of them where `catalog.sqlite` was lost.
 */
export async function adoptFolders(app: AppContext): Promise<void> {
  const { catalog, folders } = app
  const { abouts } = await readFolderAbouts(folders, (collection, id) => !catalog[collection].hasId(id))
  if (collections.some((collection) => abouts[collection].length > 0)) catalog.takeIn(abouts)
  await describePackages(app)
}

/** Makes the catalogue anew from the folders. What it said before stays in a copy beside it. */
export async function rebuildCatalog(app: AppContext): Promise<Output<'app.rebuild'>> {
  const { catalog, folders } = app
  await describePackages(app)
  const { abouts, left } = await readFolderAbouts(folders, () => true)
  const before = `${folders.catalog}.before-rebuild`
  catalog.copyTo(before)
  const rebuilt = catalog.rebuild(abouts)
  await settleInterruptedRuns(app)
  app.emit({ event: 'workspace.changed' })
  return { rebuilt, left: [...left], before }
}
