import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { buildPage } from './build-page.ts'

const root = resolve(import.meta.dirname, '..')
/** Debian's installer. */
const aptGet = '/usr/bin/apt-get'

/** Finds Chromium, or installs it where that can be done without asking; builds the page; runs the browser tests. */
async function main(): Promise<number> {
  const chromium = findChromium() ?? installChromium()
  if (chromium === undefined) {
    process.stderr.write(
      'Chromium is not there. Install it (Debian: apt-get install chromium fonts-dejavu-core) or set CHROMIUM_PATH to its program.\n'
    )
    return 3
  }
  await buildPage()
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'browser', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit', env: { ...process.env, CHROMIUM_PATH: chromium } }
  )
  return status ?? 1
}

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = [
    process.env['CHROMIUM_PATH'],
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
  ]
  return candidates.find((file) => file !== undefined && file !== '' && existsSync(file))
}

function installChromium(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync(aptGet)) return undefined
  process.stderr.write('Installing Chromium from Debian …\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => spawnSync(aptGet, ['-qq', ...args], { stdio: ['ignore', 2, 2], env }).status === 0
  const isInstalled = apt('update') && apt('install', '--no-install-recommends', '-y', 'chromium', 'fonts-dejavu-core')
  return isInstalled ? findChromium() : undefined
}

process.exitCode = await main()
