import { execFile } from 'node:child_process'
import { readdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { listPacks } from '../../src/main/engine-packs/installed-packs.ts'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { runOnEngine } from '../../src/main/jobs/engine-client.ts'
import { chooseEngine } from '../../src/main/jobs/engine-choice.ts'
import { tryEngine } from '../../src/main/jobs/engine-trials.ts'
import { nativeFolder, withoutNative } from '../support/engine/backends.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const go = new AbortController().signal

/** Compares the library in a folder with plain JavaScript, in a process of its own. */
async function deviationOf(folder: string): Promise<number | undefined> {
  const environment = defaultEnvironment()
  const place = { engine: 'native-cpu', nativeEngine: folder, variables: {} } as const
  const job = { job: 'probe', engine: 'native-cpu', resources: environment.resources, compare: true } as const
  return (await runOnEngine(environment, place, job, () => undefined, go)).deviation
}

describe.skipIf(nativeFolder === undefined)(`the pack of this checkout${withoutNative}`, () => {
  test('is whole, as its description states', async () => {
    const packs = await listPacks([resolve('native')], undefined)
    expect(packs).toMatchObject([{ kind: 'native-cpu', version: '2.21.0', folder: nativeFolder }])
    expect(packs[0]?.problem).toBeUndefined()
  })

  test('computes what plain JavaScript computes', async () => {
    expect(await deviationOf(nativeFolder ?? '')).toBeLessThan(1e-5)
  })

  test.skipIf(process.platform !== 'linux')("is opened by the names of tfjs-node-gpu's download as well", async () => {
    const folder = await temporaryFolder()
    await symlink(join(nativeFolder ?? '', 'libtensorflow_cc.so.2'), join(folder, 'libtensorflow.so.2'))
    await symlink(
      join(nativeFolder ?? '', 'libtensorflow_framework.so.2'),
      join(folder, 'libtensorflow_framework.so.2')
    )
    expect(await deviationOf(folder)).toBeLessThan(1e-5)
  })

  test('lets a process that computed with it end in peace', async () => {
    const backend = pathToFileURL(resolve('src/main/backends/backend.ts')).href
    const program = `
      const { chooseBackend } = await import(${JSON.stringify(backend)})
      await chooseBackend('native-cpu', { nativeFolder: ${JSON.stringify(nativeFolder)} })`
    const words = ['--input-type=module', '--eval', program]
    const ending = await new Promise((done) =>
      execFile(process.execPath, words, (error) => done(error?.signal ?? error))
    )
    expect(ending).toBeNull()
  })

  test('is tried beside wasm by `auto`, once', async () => {
    const engineFolder = await temporaryFolder()
    const surroundings = defaultEnvironment({ engineFolder })
    const said: string[] = []
    const engine = await chooseEngine(surroundings, go, (text) => said.push(text))
    expect(said[0]).toMatch(/native-cpu [\d.]+.*wasm [\d.]+/)
    expect(said[0]).toContain(`CytoLoom uses ${engine}`)
    expect(await readdir(join(engineFolder, 'choices'))).toHaveLength(1)
    expect(await chooseEngine(surroundings, go, () => expect.fail('nothing is new'))).toBe(engine)
  })

  test('is measured within a few seconds', async () => {
    const started = performance.now()
    const trial = await tryEngine(defaultEnvironment(), 'native-cpu', go)
    expect(trial).toMatchObject({ available: true, engine: { library: 'TensorFlow 2.21.0' } })
    expect(performance.now() - started).toBeLessThan(30_000) // 3 s on a computer with nothing else to do
  })
})
