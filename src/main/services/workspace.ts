import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sweepPartials } from '../files/atomic-write.ts'

/** The folders of a workspace whose things carry an id. */
export const collections = ['datasets', 'prepared', 'runs', 'synthetic', 'packages'] as const
export type Collection = (typeof collections)[number]

/** Where things stand in a workspace. All paths follow from the root, so it can be moved. */
export class WorkspaceFolders {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  get catalog(): string {
    return join(this.root, 'catalog.sqlite')
  }

  folder(collection: Collection, id = ''): string {
    return join(this.root, collection, id)
  }

  /** Clears what interrupted work left behind. */
  async sweep(): Promise<void> {
    for (const collection of collections) await sweepPartials(this.folder(collection))
  }
}

/** Makes the folders where they are missing. */
export async function openFolders(root: string): Promise<WorkspaceFolders> {
  const folders = new WorkspaceFolders(root)
  for (const collection of collections) await mkdir(folders.folder(collection), { recursive: true })
  return folders
}
