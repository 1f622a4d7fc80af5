/**
 * The Node 24 that npm installed beside the program, which any Node can start. npm links it into `node_modules/.bin`, but
 * npm 10 then removes that link together with the packages for other platforms, whose link has the same name.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

// What V8 makes of the program is kept beside it, for the next start and for all that this process starts.
process.env.NODE_COMPILE_CACHE ??= join(root, '.cache/code')

/** Its program; where it is not installed, this Node if that is new enough. */
export function findRuntime() {
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

/** Goes on with a file in that Node, with arguments, signals and exit status passed through. */
export function handOver(runtime, [file, ...words]) {
  const env = { ...process.env, PATH: [dirname(runtime), process.env.PATH].join(delimiter) }
  const child = spawn(runtime, [file, ...words], { stdio: 'inherit', env })
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
