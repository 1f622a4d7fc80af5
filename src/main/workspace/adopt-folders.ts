import type { Output } from '../../shared/api.ts'
import { ThingKind } from '../../shared/things.ts'
import { type AppContext } from './app-context.ts'
import { readFolderAbouts } from './folder-abouts.ts'
import { settleInterruptedRuns } from './interrupted-runs.ts'
import { describePackages } from './stored-packages.ts'
import { kindsOfThings, shelfOf } from './thing-kinds.ts'
import { collections } from './workspace-folders.ts'

interface Way {
  /** What the catalogue says of things is not to be trusted. */
  readonly isLost: boolean
  readonly mayWrite: boolean
}

/**
 * Brings the catalogue in step with the folders: whatever folder describes itself and is not in the catalogue is taken
 * in. That is a thing whose last step was cut off by a kill, or all of them where `catalog.sqlite` was lost.
 */
export async function adoptFolders(app: AppContext, { isLost, mayWrite }: Way): Promise<void> {
  const { catalog, folders } = app
  if (isLost) await rebuildFromFolders(app)
  const { abouts } = await readFolderAbouts(folders, (collection, id) => !catalog[collection].hasId(id))
  if (collections.some((collection) => abouts[collection].length > 0)) catalog.takeIn(abouts)
  if (mayWrite) await describePackages(app)
  await noteMissing(app)
}

/** Forgets all things and takes them from the folders, which are complete. */
async function rebuildFromFolders(app: AppContext) {
  await describePackages(app)
  const { abouts, left } = await readFolderAbouts(app.folders, () => true)
  return { rebuilt: app.catalog.rebuild(abouts), left: [...left] }
}

/** A run's row is there a moment before its folder. */
const settledAfter = 60_000 // ms

/** What was taken away from outside is missing from now on, and what was put back is there again. */
async function noteMissing({ catalog, folders, environment }: AppContext): Promise<void> {
  for (const kind of ThingKind.options) {
    const there = new Set(await folders.ids(kindsOfThings[kind].collection))
    const shelf = shelfOf(catalog, kind)
    for (const { id, name, created, trashed, missing } of shelf.marks()) {
      const isNew = environment.now().getTime() - Date.parse(created) < settledAfter
      if (missing !== true && !there.has(id) && !isNew) shelf.tend(id, { missing: true })
      if (missing === true && there.has(id)) {
        shelf.tend(id, { missing: undefined, name: trashed === undefined ? shelf.freeName(name) : name })
      }
    }
  }
}

/** Makes the catalogue anew from the folders. What it said before stays in a copy beside it. */
export function rebuildCatalog(app: AppContext): Promise<Output<'app.rebuild'>> {
  return app.inTurn(async () => {
    const before = `${app.folders.catalog}.before-rebuild`
    app.catalog.copyTo(before)
    const { rebuilt, left } = await rebuildFromFolders(app)
    settleInterruptedRuns(app)
    app.emit({ event: 'workspace.changed' })
    return { rebuilt, left, before }
  })
}
