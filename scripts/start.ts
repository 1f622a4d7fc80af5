import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'electron-vite'
import { AppError } from '../src/shared/errors.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'
import { serve } from '../src/main/terminal/serve.ts'
import { buildPage } from './build-page.ts'

const root = resolve(import.meta.dirname, '..')

/**
 * Opens the desktop window where Electron's binary is, and serves the same page to a browser where it is not:
 * npm start [-- --page] [--no-open] [--port N] [--workspace FOLDER]
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: 'string' },
      workspace: { type: 'string' },
      page: { type: 'boolean' },
      open: { type: 'boolean', default: process.stdout.isTTY } // whoever reads by a program opens by a program
    }
  })
  const electron = values.page === true ? undefined : findElectron()
  if (electron !== undefined) {
    await build({ root, logLevel: 'warn' })
    return run(electron, values.workspace)
  }
  await buildPage()
  await serve({ workspace: values.workspace, port: portOf(values.port), opensBrowser: values.open })
  return 0
}

/** Electron's npm package brings no binary: `npx install-electron` or its first start fetches one. */
function findElectron(): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const named = join(folder, 'path.txt')
  if (!existsSync(named)) return undefined
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist')
  const binary = join(dist, readFileSync(named, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

function run(electron: string, workspace: string | undefined): Promise<number> {
  const env = { ...process.env, ...(workspace === undefined ? {} : { CYTOLOOM_WORKSPACE: workspace }) }
  const window = spawn(electron, [root], { stdio: 'inherit', env })
  return new Promise((resolve, reject) => {
    window.on('error', reject)
    window.on('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0)
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port
  throw new AppError('usage', `"${text ?? ''}" is not a port.`, {
    next: 'Give a number from 1024 to 65535, or leave it out.'
  })
}

try {
  process.exitCode = await main()
} catch (thrown) {
  if (!(thrown instanceof AppError)) throw thrown
  process.stderr.write(`${[thrown.message, ...adviceLines(thrown)].join('\n  ')}\n`)
  process.exitCode = thrown.kind === 'usage' ? 2 : 3
}
