import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPack } from '../../src/main/engine-packs/build-pack.ts'
import { writePackArchive } from '../../src/main/engine-packs/pack-archive.ts'
import { sha256File } from '../../src/main/files/checksum.ts'
import { fakeSource, fakeTools, fakeWheel } from '../support/fake-wheel.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

/** An app, the folder of its packs, and a folder for files to give it. */
async function open(): Promise<{ app: TestApp; packs: string; files: string }> {
  const [workspace, files] = [await temporaryFolder(), await temporaryFolder()]
  return { app: await openTestApp(workspace), packs: join(workspace, 'engines'), files }
}

describe('the doctor', () => {
  test('measures each engine, and says which is used, why, and how to get the others', async () => {
    const { app, packs } = await open()
    const { engine, engines, reason, speed, packs: installed } = await app.request('app.doctor', { engine: 'auto' })
    expect(engines.map(({ name }) => name)).toEqual(['native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu'])
    const byName = Object.fromEntries(engines.map((each) => [each.name, each]))
    expect(byName['native-cpu']).toMatchObject({
      available: false,
      remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-cpu' }]) as unknown
    })
    expect(byName['wasm']).toMatchObject({ available: true, library: 'TensorFlow.js WebAssembly 4.22.0' })
    expect(byName['wasm']?.trainGflops).toBeGreaterThan(byName['cpu']?.trainGflops ?? 0)
    expect(byName[engine.name]).toMatchObject({ available: true, convGflops: speed.convGflops })
    expect(engine.name).not.toBe('cpu')
    expect(reason).toContain(`CytoLoom uses ${engine.name}`)
    expect(installed).toEqual([])
    expect(await readdir(join(packs, 'choices'))).toHaveLength(1) // `auto` goes by what was measured
  })

  test('refuses an engine that is not there with how to get it', async () => {
    const { app } = await open()
    await expect(app.request('app.doctor', { engine: 'native-gpu' })).rejects.toMatchObject({
      kind: 'input',
      remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-gpu' }]) as unknown
    })
  })
})

describe('installing an engine pack', () => {
  test.each<[string, (folder: string) => Promise<string>, RegExp]>([
    ['is not there', (folder) => Promise.resolve(join(folder, 'no.zip')), /is not there/],
    [
      'is no zip',
      async (folder) => {
        await writeFile(join(folder, 'text.zip'), 'text')
        return join(folder, 'text.zip')
      },
      /it is not a zip archive, or its end is missing/
    ],
    [
      "is another wheel than TensorFlow's",
      (folder) => fakeWheel(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'),
      /it is neither an engine pack nor the wheel of tensorflow/
    ]
  ])('refuses a file that %s, and leaves nothing behind', async (_, make, reason) => {
    const { app, packs, files } = await open()
    const file = await make(files)
    await expect(app.request('engine.install', { files: [file] })).rejects.toMatchObject({
      kind: 'input',
      file,
      message: expect.stringMatching(reason) as string
    })
    expect(await readdir(packs)).toEqual([])
    expect(await app.request('engine.list', {})).toEqual({ packs: [] })
  })

  test('refuses a pack whose library does not compute, and leaves nothing behind', async () => {
    const { app, packs, files } = await open()
    const wheel = await fakeWheel(files, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
    const source = fakeSource(await sha256File(wheel))
    const folder = join(files, 'pack')
    const order = { kind: 'native-cpu', source, folder, wheels: [wheel], replace: false } as const
    const archive = join(files, 'pack.zip')
    const { sha256 } = await writePackArchive(folder, await buildPack(order, fakeTools()), archive) // its libraries are text
    await expect(app.request('engine.install', { files: [archive], trust: [sha256] })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining("TensorFlow's library could not be opened") as string
    })
    expect(await readdir(packs)).toEqual([])
  })

  test('runs nothing of a pack until somebody says that they trust its maker', async () => {
    const { app, packs, files } = await open()
    const wheel = await fakeWheel(files, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
    const order = { kind: 'native-cpu', folder: join(files, 'pack'), wheels: [wheel], replace: false } as const
    const source = fakeSource(await sha256File(wheel))
    const file = join(files, 'pack.zip')
    const built = await buildPack({ ...order, source }, fakeTools())
    const { sha256 } = await writePackArchive(order.folder, built, file)
    expect(await app.request('engine.look', { files: [file] })).toEqual({
      strangers: [{ file, sha256, says: expect.stringMatching(/^TensorFlow .*tensorflow_cpu-2\.21\.0/) as unknown }]
    })
    for (const trust of [[], ['0'.repeat(64)]]) {
      await expect(app.request('engine.install', { files: [file], trust })).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringMatching(/holds programs that would run with your rights.*cannot tell/) as unknown,
        remedies: [{ action: 'set-option', option: 'trust', value: sha256 }]
      })
    }
    expect(await readdir(packs)).toEqual([])
  })

  test('refuses to build from a wheel that is not the one whose library was looked at', async () => {
    const { app, packs, files } = await open()
    const wheel = await fakeWheel(files, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
    await expect(app.request('engine.build', { wheels: [wheel] })).rejects.toMatchObject({ kind: 'input', file: wheel })
    expect(await readdir(packs)).toEqual([])
  })
})

describe('the engine commands', () => {
  const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')

  async function cytoloom(...words: string[]): Promise<{ status: number; answer: Record<string, unknown> }> {
    const env = { ...process.env, CYTOLOOM_ENGINES: await temporaryFolder() }
    const parameters = [launcher, ...words, '--json', '--workspace', await temporaryFolder()]
    return new Promise((resolve) => {
      execFile(process.execPath, parameters, { env }, (error, out) => {
        const status = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
        resolve({ status, answer: JSON.parse(out) as Record<string, unknown> })
      })
    })
  }

  test('list the packs as JSON', async () => {
    const { status, answer } = await cytoloom('engine', 'list')
    expect(status).toBe(0)
    expect(answer['packs']).toBeInstanceOf(Array)
  })

  test.each([
    ['engine', 'install', 'no-such-pack.zip'],
    ['engine', 'build', '--wheel', 'no-such-wheel.whl'],
    ['engine', 'remove', 'no-such-pack']
  ])('end with 3 for input that is refused: %s %s %s', async (...words) => {
    const { status, answer } = await cytoloom(...words)
    expect(status).toBe(3)
    expect(answer['error']).toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/^There is no .+\.$|is not there\.$/) as string
    })
  })
})
