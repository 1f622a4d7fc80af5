import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join, parse } from 'node:path'

/** Where nobody but the system puts files: other programs are started there, since some take code from where they are. */
export const neutralFolder = parse(process.execPath).root

/**
 * The full path of a program of this computer. Only whole folders of the search path count: not the current one, which may
 * be somebody's data, and none that everybody may write to.
 */
export async function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  for (const folder of folders) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
    if ((await isProgram(file)) && !(await isOpenToAll(folder))) return file
  }
  return undefined
}

async function isProgram(file: string): Promise<boolean> {
  const isRunnable = await access(file, constants.X_OK).then(
    () => true,
    () => false
  )
  return isRunnable && (await stat(file)).isFile()
}

/** Windows keeps this elsewhere, and gives such rights on no folder that programs are installed in. */
async function isOpenToAll(folder: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(folder)).mode & 0o002) !== 0
}
