#!/usr/bin/env node
/**
 * The `cytoloom` command. Any Node can run this file. The Node 24 that npm installed beside the program goes on with it
 * (`npx` starts that one already); another hands over to it, with arguments, signals and exit status passed through.
 */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const runtime = findRuntime()
// What V8 makes of the program is kept beside it, for the next start and for the processes that this one starts.
process.env.NODE_COMPILE_CACHE ??= join(root, '.cache/code')

if (realpathSync(runtime) === realpathSync(process.execPath)) {
  module.enableCompileCache()
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'))
  await import('../src/main/cli.ts')
} else handOver()

function handOver() {
  const child = spawn(runtime, [join(root, 'src/main/cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to the child as well, and twice means "at once"; from elsewhere it is passed on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGTERM'))
  child.on('exit', (status, signal) => {
    if (signal !== null) process.kill(process.pid, signal)
    else process.exitCode = status ?? 1
  })
}

function findRuntime() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const packages = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
  const folders = [join(root, 'node_modules'), join(root, '..')]
  const candidates = folders.flatMap((folder) => packages.map((item) => join(folder, item, 'bin', name)))
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return found
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  process.stderr.write('CytoLoom needs Node 24, which npm installs beside it. Run "npm ci" in its folder first.\n')
  process.exit(1)
}
