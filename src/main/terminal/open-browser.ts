import { spawn } from 'node:child_process'
import { win32 } from 'node:path'
import { findProgram, neutralFolder } from '../files/programs.ts'

/** What there is to open a browser with. */
export interface Desktop {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
}

const patience = 3000 // ms

/**
 * Opens an address in the user's browser.
 *
 * @param address is seen by all users of the computer, as arguments of programs are
 * @returns whether there is a browser, as far as the system tells
 */
export async function openBrowser(address: string, desktop: Desktop = process): Promise<boolean> {
  const [program, ...words] = await browserCommand(desktop)
  if (program === undefined) return false
  return new Promise((resolve) => {
    const options = { stdio: 'ignore', detached: true, env: desktop.env, cwd: neutralFolder } as const
    const opener = spawn(program, [...words, address], options)
    opener.once('error', () => resolve(false))
    opener.once('exit', (status) => resolve(status === 0))
    setTimeout(() => resolve(true), patience).unref() // some stay as long as the browser does
    opener.unref()
  })
}

/** Empty where nothing can show a page: a server, or a computer reached by ssh. */
export async function browserCommand({ platform, env }: Desktop): Promise<readonly string[]> {
  if (platform === 'darwin') return ['/usr/bin/open']
  if (platform === 'win32') {
    return [win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'rundll32.exe'), 'url.dll,FileProtocolHandler']
  }
  const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '')
  const opener = hasScreen ? await findProgram('xdg-open', env) : undefined
  return opener === undefined ? [] : [opener]
}
