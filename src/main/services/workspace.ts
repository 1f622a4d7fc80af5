import { randomBytes } from 'node:crypto'
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
}

/** Makes the folders where they are missing and clears what interrupted work left behind. */
export async function openFolders(root: string): Promise<WorkspaceFolders> {
  const folders = new WorkspaceFolders(root)
  for (const collection of collections) {
    await mkdir(folders.folder(collection), { recursive: true })
    await sweepPartials(folders.folder(collection))
  }
  return folders
}

/** A short id that no user has to type: a letter for the kind and eight characters of chance. */
export function newId(kind: string): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const characters = [...randomBytes(8)].map((byte) => alphabet[byte % alphabet.length] ?? '')
  return `${kind}-${characters.join('')}`
}
