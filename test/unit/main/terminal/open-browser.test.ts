import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { browserCommand, openBrowser } from '../../../../src/main/terminal/open-browser.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A Linux desktop whose program for opening things is this script. */
async function desktopWith(script: string): Promise<{ platform: 'linux'; env: NodeJS.ProcessEnv; folder: string }> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'xdg-open'), 0o755)
  return { platform: 'linux', env: { DISPLAY: ':0', PATH: folder }, folder }
}

describe('opening a browser', () => {
  test.skipIf(process.platform === 'win32')(
    'gives the address as one word, whatever a shell would see in it',
    async () => {
      const address = 'http://127.0.0.1:1/?token=a&b=$(c);"d"'
      const desktop = await desktopWith('echo "$#" "$1" > "$PATH/said"')
      expect(await openBrowser(address, desktop)).toBe(true)
      expect(await readFile(join(desktop.folder, 'said'), 'utf8')).toBe(`1 ${address}\n`)
    }
  )

  test.skipIf(process.platform === 'win32')(
    'says that there is none where the program fails or is missing',
    async () => {
      expect(await openBrowser('http://127.0.0.1:1/', await desktopWith('exit 3'))).toBe(false)
      const env = { DISPLAY: ':0', PATH: await temporaryFolder() }
      expect(await openBrowser('http://127.0.0.1:1/', { platform: 'linux', env })).toBe(false)
    }
  )

  test('starts nothing on a Linux without a screen', async () => {
    expect(await browserCommand({ platform: 'linux', env: { DISPLAY: '' } })).toEqual([])
    expect(await openBrowser('http://127.0.0.1:1/', { platform: 'linux', env: {} })).toBe(false)
  })

  test("uses each system's own program, by its full path", async () => {
    const { env, folder } = await desktopWith('exit 0')
    expect(await browserCommand({ platform: 'linux', env })).toEqual([join(folder, 'xdg-open')])
    expect(await browserCommand({ platform: 'darwin', env: {} })).toEqual(['/usr/bin/open'])
    expect(await browserCommand({ platform: 'win32', env: { SystemRoot: 'D:\\Windows' } })).toEqual([
      'D:\\Windows\\System32\\rundll32.exe',
      'url.dll,FileProtocolHandler'
    ])
  })
})
