import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../../support/test-app.ts'

const cli = join(import.meta.dirname, '../../../src/main/cli.ts')

let workspace: string
let host: TestApp

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  host = await openTestApp(workspace)
  await addSampleTiles(host)
  const settings = { prepared: 'tiles', preset: 'demo', batch: 4, engine: 'wasm', iterations: 1 } as const
  await host.request('runs.train', { ...settings, name: 'run', minutes: 0.01 })
})
afterAll(() => host.app.close())

const evaluation = { run: 'run', count: 4000, engine: 'wasm' } as const
const generation = { run: 'run', name: 'many', count: 100_000, engine: 'wasm' } as const

/** A request that is aborted once its progress has come so far. */
function stoppedAt(done: number) {
  const controller = new AbortController()
  const told: number[] = []
  const progress = (told_: { done: number }): void => {
    told.push(told_.done)
    if (told_.done >= done) controller.abort()
  }
  return { options: { signal: controller.signal, progress }, told }
}

describe('stopping', () => {
  test.each(['runs.evaluate', 'synthetic.generate'] as const)(
    '%s ends within a step and leaves nothing',
    { timeout: 180_000 }, // what real cells are like is learned first, which takes long beside other tests
    async (name) => {
      const before = await readdir(join(workspace, 'synthetic'))
      const { options, told } = stoppedAt(16)
      const input = name === 'runs.evaluate' ? evaluation : generation
      await expect(host.request(name, input, options)).rejects.toMatchObject({ kind: 'stopped' })
      expect(told[0]).toBe(0) // from the first second
      expect(Math.max(...told)).toBeLessThan(64)
      expect(await readdir(join(workspace, 'synthetic'))).toEqual(before)
    }
  )

  test.each([
    ['evaluate', ['evaluate', 'run', '--count', '4000', '--engine', 'wasm']],
    ['generate', ['generate', 'run', '--name', 'lost', '--count', '100000', '--engine', 'wasm']]
  ])('%s by Ctrl-C ends with status 4 and one document', { timeout: 180_000 }, async (_, words) => {
    const command = start(words)
    await command.progress
    command.child.kill('SIGINT')
    expect(await command.ended).toBe(4)
    expect(JSON.parse(command.output())).toMatchObject({ error: { kind: 'stopped' } })
  })

  test('an engine ends with its step when the program that started it is killed', async () => {
    const command = start(['evaluate', 'run', '--count', '4000', '--engine', 'wasm'])
    await command.progress
    const engines = childrenOf(command.child.pid ?? 0)
    expect(engines).toHaveLength(1)
    command.child.kill('SIGKILL')
    await command.ended
    const died = performance.now()
    while (engines.some(isAlive)) {
      expect(performance.now() - died).toBeLessThan(30_000) // a step takes less than a second where nothing else computes
      await sleep(50)
    }
  })
})

/** A command as a user types it; `progress` resolves when it has got on. */
function start(words: readonly string[]) {
  const child = spawn(process.execPath, [cli, ...words, '--workspace', workspace, '--json'])
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const progress = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (/"done":(?:1[6-9]|[2-9]\d)/.test(text)) resolve()
    })
  })
  return { child, progress, ended: statusOf(child), output: () => out }
}

function statusOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => fieldsOf(pid)[1] === String(parent))
    .map(Number)
}

function isAlive(pid: number): boolean {
  const [state] = fieldsOf(String(pid))
  return state !== undefined && state !== 'Z'
}

/** State, parent and more of a process, after its name (proc(5)); none where there is no such process. */
function fieldsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  } catch {
    return []
  }
}
