import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app as electron, type BrowserWindow, dialog } from 'electron'
import { z } from 'zod'
import { jsonOf } from '../files/json-or-nothing.ts'

const option = '--workspace='
/** What the program was started with. */
const words = process.argv.slice(1)

/** The folder that this program was started anew with, or that was chosen in an earlier one. */
export function chosenWorkspace(): string | undefined {
  const named = words.find((word) => word.startsWith(option))?.slice(option.length)
  if (named !== undefined) return named
  // Whoever starts the program may name another one.
  return process.env['CYTOLOOM_WORKSPACE'] === undefined ? remembered() : undefined
}

/** Lets the person choose a folder; undefined where they changed their mind. */
export async function askForWorkspace(window?: BrowserWindow): Promise<string | undefined> {
  const options = {
    title: 'Choose a workspace folder',
    buttonLabel: 'Open as workspace',
    properties: ['openDirectory' as const, 'createDirectory' as const]
  }
  const { canceled, filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return canceled ? undefined : filePaths[0]
}

/** Has the program start again with this workspace when it ends, and with it from then on. */
export function startAnewWith(folder: string): void {
  try {
    writeFileSync(place(), JSON.stringify({ folder }))
  } catch {
    // The next start has it all the same; later ones open what they opened before.
  }
  const others = words.filter((word) => !word.startsWith(option))
  electron.relaunch({ args: [...others, `${option}${folder}`] })
}

const Chosen = z.object({ folder: z.string().min(1) })

function remembered(): string | undefined {
  try {
    return Chosen.safeParse(jsonOf(readFileSync(place(), 'utf8'))).data?.folder
  } catch {
    return undefined // none was ever chosen
  }
}

function place(): string {
  return join(electron.getPath('userData'), 'workspace.json')
}
