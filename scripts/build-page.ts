import { globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { renderer } from '../electron.vite.config.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'out/renderer')
const sources = ['src/renderer/**/*', 'src/shared/*.ts', 'electron.vite.config.ts', 'package-lock.json']

/** Builds the page into `out/renderer` unless what lies there is newer than everything it is made of. Takes seconds. */
export async function buildPage(): Promise<void> {
  if (isFresh()) return
  await build({
    ...renderer,
    configFile: false,
    root: join(root, renderer.root),
    logLevel: 'warn',
    build: {
      ...renderer.build,
      outDir: built,
      emptyOutDir: true,
      rolldownOptions: { input: join(root, renderer.build.rolldownOptions.input) }
    }
  })
}

function isFresh(): boolean {
  const page = statSync(join(built, 'index.html'), { throwIfNoEntry: false })
  if (page === undefined) return false
  return globSync(sources, { cwd: root }).every((file) => statSync(join(root, file)).mtimeMs < page.mtimeMs)
}
