import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../src/shared/errors.ts'

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({})
})

/** Of libraries, what nobody reads at run time; of WebGPU and others, what is for other systems. */
const left = [
  /\.(map|d\.ts|md|flow|c|h|cc|cpp|gyp)$|\.min\.js$|\/(tests?|docs|benchmarks?|deps)\//,
  /fesm|\/dist\/tf[\w-]*(\.es2017)?\.js$/, // TensorFlow.js for browsers
  /darwin|win32|win-x64|arm64|musl/
]

/**
 * Packs sources, libraries, this Node and the golden numbers into one file for a machine that has a card and nothing
 * else. `tar xJf FILE` there (or Python's tarfile), then `./node scripts/check-card.ts --golden golden --out OUT`. The
 * pack of TensorFlow for graphics cards is not in it: it is larger than all the rest.
 */
export async function packForBareMachine(root: string, file: string, golden: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'card-pack-'))
  try {
    for (const name of [
      'package.json',
      'tsconfig.base.json',
      'scripts',
      'src',
      'resources',
      'test/parity',
      'test/fuzz',
      'test/support'
    ]) {
      await cp(join(root, name), join(scratch, name), { recursive: true })
    }
    if (existsSync(golden)) await cp(golden, join(scratch, 'golden'), { recursive: true })
    for (const name of await librariesOf(root)) await copyLibrary(root, scratch, name)
    await cp(process.execPath, join(scratch, 'node'))
    await run('tar', ['cJf', file, '-C', scratch, '.'])
  } finally {
    await rm(scratch, { recursive: true })
  }
  const { size } = await stat(file)
  process.stdout.write(`${file}: ${(size / 1e6).toFixed(1)} MB\n`)
}

/** The one library that golden cases are read with, and the program has no use for. */
const forParity = 'fast-png'

/** All libraries that are needed, and those they need. */
async function librariesOf(root: string): Promise<ReadonlySet<string>> {
  const found = new Set([forParity])
  const waiting = ['.', forParity]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = next === '.' ? root : join(root, 'node_modules', next)
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    if (text === undefined) continue // of another system
    const { dependencies, optionalDependencies } = Manifest.parse(JSON.parse(text))
    const more = next === '.' ? dependencies : { ...dependencies, ...optionalDependencies }
    for (const name of Object.keys(more)) {
      if (found.has(name)) continue
      found.add(name)
      waiting.push(name)
    }
  }
  return found
}

async function copyLibrary(root: string, scratch: string, name: string): Promise<void> {
  const from = join(root, 'node_modules', name)
  if (!existsSync(from)) return
  await mkdir(join(scratch, 'node_modules'), { recursive: true })
  const filter = (path: string): boolean => !left.some((pattern) => pattern.test(path.slice(from.length)))
  await cp(from, join(scratch, 'node_modules', name), { recursive: true, filter })
}

function run(program: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve()
      else reject(refuse(`${program} did not succeed.`, { next: 'It must be installed.' }))
    })
  })
}
