import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

const scripts = join(import.meta.dirname, '../../scripts')
const launcher = join(scripts, 'cytoloom.js')
const run = promisify(execFile)

/** Makes Node, all its threads and all that it starts write down what they load. */
const noting = `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.LOADED, url + '\\n')
      return next(url, context)
    }
  })
`)}`

async function packagesLoadedBy(...words: string[]): Promise<string[]> {
  const workspace = await temporaryFolder()
  const loaded = join(workspace, 'loaded')
  const env = { ...process.env, NODE_OPTIONS: `--import ${noting}`, LOADED: loaded }
  await run(process.execPath, [launcher, ...words, '--workspace', workspace], { env })
  const names = (await readFile(loaded, 'utf8')).matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)
  return [...new Set([...names].map(([, name = '']) => name))].sort()
}

describe('the start of the command', () => {
  test.each(['datasets', 'runs'])('%s loads the catalogue, and nothing that reads files from outside', async (name) => {
    expect(await packagesLoadedBy(name)).toEqual(['better-sqlite3', 'commander', 'zod'])
  })

  test('help opens no workspace', async () => {
    expect(await packagesLoadedBy('--help')).toEqual(['commander', 'zod'])
  })

  test('score loads nothing that reads pictures or archives, in its threads neither', async () => {
    const file = join(await temporaryFolder(), 'empty.json')
    await writeFile(file, '{"images": [], "annotations": []}')
    const loaded = await packagesLoadedBy('score', '--truth', file, '--predictions', file)
    expect(loaded).toEqual(['better-sqlite3', 'commander', 'piscina', 'zod'])
  })

  test.skipIf(process.platform === 'win32')(
    'another Node hands over arguments and surroundings, and passes on the exit status',
    async () => {
      const program = await temporaryFolder()
      const runtime = join(program, `node_modules/node-${process.platform}-${process.arch}/bin`)
      await mkdir(runtime, { recursive: true })
      await mkdir(join(program, 'scripts'))
      for (const name of ['cytoloom.js', 'runtime.js']) await cp(join(scripts, name), join(program, 'scripts', name))
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

  test('no npm script leaves what needs Node 24 to the Node that npm runs with', async () => {
    const text = await readFile(join(scripts, '../package.json'), 'utf8')
    const commands = Object.values((JSON.parse(text) as { scripts: Record<string, string> }).scripts).flatMap(
      (script) => script.split(' && ')
    )
    const needy = commands.filter(
      (command) => /\.ts\b|vitest|cruiser/.test(command) && !/tsc|svelte-check/.test(command)
    )
    expect(needy.length).toBeGreaterThan(8)
    expect(needy.filter((command) => !command.startsWith('node scripts/with-node.js '))).toEqual([])
  })
})
