import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type Prepared, PreparedAbout } from '../../shared/masks.ts'
import { type AppContext } from './app-context.ts'
import { ownFolder } from './own-files.ts'

/** A prepared set with what its folder says about it. @throws AppError of kind `input` when either is not there */
export async function requirePrepared(
  app: AppContext,
  nameOrId: string
): Promise<{ readonly prepared: Prepared; readonly about: PreparedAbout; readonly folder: string }> {
  const prepared = app.catalog.prepared.require(nameOrId)
  const folder = await ownFolder(app, 'prepared', prepared)
  const file = join(folder, 'about.json')
  try {
    return { prepared, about: PreparedAbout.parse(JSON.parse(await readFile(file, 'utf8'))), folder }
  } catch (cause) {
    throw refuse(`The files of the prepared set "${prepared.name}" are missing or damaged.`, {
      file,
      next: 'Prepare the data set again under another name.',
      cause
    })
  }
}
