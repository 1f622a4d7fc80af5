import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { _electron as electron, type ElectronApplication, type Page } from 'playwright-core'
import { parse } from 'yaml'
import { z } from 'zod'

/**
 * Drives the desktop window with Electron's binary: npm run test:window [-- --packed FOLDER]
 *
 * Playwright speaks to the main process over a port that the fuses of a packed program close, so the window is driven as
 * `npm run build` made it. Of a packed program the fuses are read, and it is started and must stay up.
 */
const root = resolve(import.meta.dirname, '..')
const workspace = mkdtempSync(join(tmpdir(), 'cytoloom-window-'))
const env = { ...process.env, CYTOLOOM_WORKSPACE: join(workspace, 'workspace') }

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { packed: { type: 'string' } } })
  try {
    if (values.packed === undefined) await driveBuilt()
    else await tryPacked(resolve(values.packed))
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

async function driveBuilt(): Promise<void> {
  const app = await electron.launch({ args: [root, `--user-data-dir=${join(workspace, 'user')}`], env })
  const page = await app.firstWindow()
  await page.getByRole('button', { name: 'Try the sample' }).waitFor()
  check('the page is ours', page.url().startsWith('app://cytoloom/'))
  await lookOutside(page)
  await openPackage(app, page)
  await crashAndRecover(app)
  const ended = new Promise((done) => app.process().once('exit', done))
  await app.evaluate(({ app: program }) => {
    program.quit()
  })
  check('it ends in peace', (await ended) === 0)
}

/** What a script of a stranger could reach. */
async function lookOutside(page: Page): Promise<void> {
  const found: unknown = await page.evaluate(`(async () => {
    const refused = (ask) => Promise.resolve().then(ask).then(() => false, () => true)
    return {
      require: typeof require,
      process: typeof process,
      fetch: await refused(() => fetch('https://example.com/')),
      file: await refused(() => fetch('file:///etc/hosts')),
      window: window.open('https://example.com/') === null
    }
  })()`)
  const wanted = { require: 'undefined', process: 'undefined', fetch: true, file: true, window: true }
  check('the page is shut in', JSON.stringify(found) === JSON.stringify(wanted))
}

/** As a second start with a file on the command line does. */
async function openPackage(app: ElectronApplication, page: Page): Promise<void> {
  const file = join(workspace, 'a.cytoloom')
  writeFileSync(file, 'PK')
  const words = [root, `--user-data-dir=${join(workspace, 'user')}`, file]
  const program = await app.evaluate(() => process.execPath)
  const status = await new Promise((done) => spawn(program, words, { env, stdio: 'ignore' }).once('exit', done))
  check('a second instance ends', status === 0)
  await page.waitForURL((url) => url.hash.includes('a.cytoloom'))
}

/** Playwright gives up a page that crashed, so the main process is asked. */
async function crashAndRecover(app: ElectronApplication): Promise<void> {
  const isBack = await app.evaluate(async ({ BrowserWindow, dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false })
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const wait = () => new Promise((done) => setTimeout(done, 300))
    contents?.forcefullyCrashRenderer()
    await wait()
    for (let tries = 0; tries < 50 && (contents?.isCrashed() !== false || contents.isLoading()); tries++) await wait()
    return contents?.isCrashed() === false
  })
  check('the page comes back after a crash', isBack)
}

/** In the order of Electron's fuse wire, which stands in its binary behind this mark: version, length, a character each. */
const mark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuses = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges'
] as const

function fuseWire(program: string): string {
  const framework = join(program, '../../Frameworks/Electron Framework.framework/Electron Framework')
  const bytes = readFileSync(process.platform === 'darwin' ? framework : program)
  const start = bytes.indexOf(mark) + mark.length
  check('the binary has a fuse wire', start >= mark.length)
  return bytes.subarray(start + 2, start + 2 + (bytes[start + 1] ?? 0)).toString('latin1')
}

async function tryPacked(folder: string): Promise<void> {
  const program = programIn(folder)
  const wire = fuseWire(program)
  const { electronFuses } = z
    .object({ electronFuses: z.record(z.string(), z.boolean()) })
    .parse(parse(readFileSync(join(root, 'build/electron-builder.yml'), 'utf8')))
  for (const [position, name] of fuses.entries()) {
    check(`the fuse ${name} is as stated`, (wire[position] === '1') === electronFuses[name])
  }
  const started = spawn(program, [`--user-data-dir=${join(workspace, 'user')}`], { env, stdio: 'ignore' })
  await new Promise((done) => setTimeout(done, 20_000))
  check('it stays up', started.exitCode === null)
  check('it made its workspace', existsSync(join(workspace, 'workspace/catalog.sqlite')))
  started.kill()
}

function programIn(folder: string): string {
  const [program] = globSync(
    ['*-unpacked/cytoloom', '*-unpacked/CytoLoom.exe', 'mac*/CytoLoom.app/Contents/MacOS/CytoLoom'],
    { cwd: folder }
  )
  if (program === undefined) throw new Error(`There is no packed program in ${folder}.`)
  return join(folder, program)
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`It does not hold that ${what}.`)
  process.stdout.write(`${what}\n`)
}

const binary = join(root, 'node_modules/electron/path.txt')
if (existsSync(binary)) await main()
else {
  process.stderr.write("Electron's binary is not here (npx install-electron fetches it): the window was not driven.\n")
  process.exitCode = 3
}
