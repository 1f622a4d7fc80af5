import { spawn } from 'node:child_process'

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
export function openBrowser(address: string, desktop: Desktop = process): Promise<boolean> {
  const [program, ...words] = browserCommand(desktop)
  if (program === undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    const opener = spawn(program, [...words, address], { stdio: 'ignore', detached: true, env: desktop.env })
    opener.once('error', () => resolve(false))
    opener.once('exit', (status) => resolve(status === 0))
    setTimeout(() => resolve(true), patience).unref() // some stay as long as the browser does
    opener.unref()
  })
}

/** Empty where nothing can show a page: a server, or a computer reached by ssh. */
export function browserCommand({ platform, env }: Desktop): readonly string[] {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '')
  return hasScreen ? ['xdg-open'] : []
}
