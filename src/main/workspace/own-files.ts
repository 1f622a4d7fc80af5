import { refuse } from '../../shared/errors.ts'
import { firstLink } from '../files/links.ts'
import { type AppContext } from './app-context.ts'
import { type Collection } from './workspace-folders.ts'

/**
 * The folder of a thing whose files are to be used. A workspace may come from a stranger: nothing outside is read or
 * written for a link in it.
 *
 * @throws AppError of kind `input` where the folder of a thing holds a link
 */
export async function ownFolder(
  { folders }: Pick<AppContext, 'folders'>,
  collection: Collection,
  { id, name }: { readonly id: string; readonly name: string }
): Promise<string> {
  const folder = folders.folder(collection, id)
  const link = await firstLink(folder)
  if (link === undefined) return folder
  throw refuse(`The folder of "${name}" holds a link to another place: ${link}.`, {
    file: folder,
    next: 'Put the files themselves in its place.'
  })
}
