import { AppError } from '../../shared/errors.ts'
import { type WrittenAhead } from '../catalog/part-table.ts'
import { removeFolder, type StagedFolder } from '../files/atomic-write.ts'
import type { AppContext } from './app-context.ts'

interface Arriving {
  readonly id: string
  readonly table: { hasId(id: string): boolean }
  /** Writes it into the catalogue. */
  readonly insert: () => void
  /** What is part of it, where that can be much. */
  readonly ahead?: WrittenAhead
}

/**
 * Gives a finished folder its name, and the catalogue what it is, unless another process has found the folder first.
 * Where another thing took its name meanwhile, nothing stays of it: it would come back under a name that nobody gave it.
 *
 * @throws AppError of kind `input` where the name is taken
 */
export async function enterThing(app: AppContext, staged: StagedFolder, thing: Arriving): Promise<void> {
  try {
    await thing.ahead?.write()
    await app.inTurn(async () => {
      await staged.commit()
      await enterFolder(app, staged.finalPath, thing)
    })
  } catch (thrown) {
    if (!thing.table.hasId(thing.id)) thing.ahead?.forget()
    throw thrown
  }
  app.emit({ event: 'workspace.changed' })
}

async function enterFolder({ catalog }: AppContext, folder: string, { table, id, insert }: Arriving): Promise<void> {
  try {
    catalog.transaction(() => {
      if (!table.hasId(id)) insert()
    })
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.kind === 'input') await removeFolder(folder)
    throw thrown
  }
}
