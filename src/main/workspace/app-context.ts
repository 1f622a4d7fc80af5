import type { AppEvent } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Environment } from '../environment.ts'
import type { InTurn } from './one-at-a-time.ts'
import type { WorkspaceFolders } from './workspace-folders.ts'

/** What every service works with: given once, by `createApp`. */
export interface AppContext {
  readonly environment: Environment
  readonly catalog: Catalog
  readonly folders: WorkspaceFolders
  /** What the person should know of the workspace: how it was found, and who else has it open. */
  readonly notices: () => readonly string[]
  readonly emit: (event: AppEvent) => void
  /** For whoever changes what catalogue and folders say of the same things: in between they differ. */
  readonly inTurn: InTurn
}

/** A name is asked for before the work starts, not after an hour of it. */
export function requireFreeName(table: { nameTaken(name: string): boolean }, kind: string, name: string): void {
  if (!table.nameTaken(name)) return
  throw refuse(`There is already a ${kind} called "${name}".`, {
    remedies: [{ action: 'choose-name' }]
  })
}
