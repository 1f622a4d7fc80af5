import { refuse } from '../../shared/errors.ts'
import { firstLink } from '../files/links.ts'

/**
 * A workspace may come from a stranger: nothing outside is written for a link in it, and nothing packed that one leads to.
 *
 * @throws AppError of kind `input` where the folder of a thing holds a link
 */
export async function requireOwnFiles(folder: string, name: string): Promise<void> {
  const link = await firstLink(folder)
  if (link === undefined) return
  throw refuse(`The folder of "${name}" holds a link to another place: ${link}.`, {
    file: folder,
    next: 'Put the files themselves in its place.'
  })
}
