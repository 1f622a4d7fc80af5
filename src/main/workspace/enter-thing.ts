import { AppError } from '../../shared/errors.ts'
import { removeFolder, type StagedFolder } from '../files/atomic-write.ts'
import type { AppContext } from './app-context.ts'

/**
 * Gives a finished folder its name, and the catalogue what it is. Where another thing took its name meanwhile, nothing
 * stays of it: it would come back under a name that nobody gave it.
 *
 * @param insert writes it into the catalogue, unless another process has found the finished folder first
 * @throws AppError of kind `input` where the name is taken
 */
export async function enterThing(
  app: AppContext,
  staged: StagedFolder,
  thing: { readonly table: { hasId(id: string): boolean }; readonly id: string; readonly insert: () => void }
): Promise<void> {
  await staged.commit()
  try {
    app.catalog.transaction(() => {
      if (!thing.table.hasId(thing.id)) thing.insert()
    })
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.kind === 'input') await removeFolder(staged.finalPath)
    throw thrown
  }
  app.emit({ event: 'workspace.changed' })
}
