import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { renderer } from '../electron.vite.config.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'out/renderer')
/** The last one is npm's own list of what is installed: fonts and libraries go into the page. */
const sources = [
  'src/renderer/**/*',
  'src/shared/*.ts',
  '{electron.vite,svelte}.config.{ts,js}',
  'package-lock.json',
  'node_modules/.package-lock.json'
]
/** Says what the page beside it was built from; any other build of the page removes it. */
const origin = join(built, 'built-from.txt')

/** Builds the page into `out/renderer` unless what lies there was built from the same. Takes seconds. */
export async function buildPage(): Promise<void> {
  const digest = digestOfSources()
  if (existsSync(origin) && readFileSync(origin, 'utf8') === digest) return
  await build({
    ...renderer,
    configFile: false,
    root: join(root, renderer.root),
    logLevel: 'warn',
    build: {
      ...renderer.build,
      outDir: built,
      emptyOutDir: true,
      rolldownOptions: { ...renderer.build.rolldownOptions, input: join(root, renderer.build.rolldownOptions.input) }
    }
  })
  writeFileSync(origin, digest)
}

/** By content: a checkout gives old files new times, and an installation gives new ones old times. */
function digestOfSources(): string {
  const hash = createHash('sha256')
  for (const file of globSync(sources, { cwd: root }).sort()) {
    if (statSync(join(root, file)).isFile()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}
