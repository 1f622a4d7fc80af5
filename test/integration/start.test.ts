import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')
const run = promisify(execFile)

/** Node, told to name on standard error what it loads. */
const naming = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      process._rawDebug(url)
      return next(url, context)
    }
  })
`)}`

async function packagesLoadedBy(...words: string[]): Promise<Set<string>> {
  const workspace = ['--workspace', await temporaryFolder()]
  const { stderr } = await run(process.execPath, ['--import', naming, launcher, ...words, ...workspace])
  const names = stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)
  return new Set([...names].map(([, name = '']) => name))
}

describe('the start of the command', () => {
  test.each(['datasets', 'runs'])('%s loads the catalogue, and nothing that reads files from outside', async (name) => {
    const loaded = await packagesLoadedBy(name)
    expect([...loaded].sort()).toEqual(['better-sqlite3', 'commander', 'zod'])
  })

  test('help opens no workspace', async () => {
    const loaded = await packagesLoadedBy('--help')
    expect([...loaded].sort()).toEqual(['commander', 'zod'])
  })

  test.skipIf(process.platform === 'win32')(
    'another Node hands over arguments and surroundings, and passes on the exit status',
    async () => {
      const program = await temporaryFolder()
      const runtime = join(program, `node_modules/node-${process.platform}-${process.arch}/bin`)
      await mkdir(runtime, { recursive: true })
      await mkdir(join(program, 'scripts'))
      await cp(launcher, join(program, 'scripts/cytoloom.js'))
      await writeFile(join(program, 'package.json'), '{"type":"module"}')
      await writeFile(join(runtime, 'node'), '#!/bin/sh\necho "$@"\necho "$NODE_COMPILE_CACHE"\nexit 7\n')
      await chmod(join(runtime, 'node'), 0o755)

      const env = { ...process.env, NODE_COMPILE_CACHE: undefined }
      const ended = run(process.execPath, [join(program, 'scripts/cytoloom.js'), 'datasets', '--json'], { env })
      await expect(ended).rejects.toMatchObject({
        code: 7,
        stdout: `${join(program, 'src/main/cli.ts')} datasets --json\n${join(program, '.cache/code')}\n`
      })
    }
  )
})
