import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { buildPack } from '../../../../src/main/engine-packs/build-pack.ts'
import { sha256File } from '../../../../src/main/files/checksum.ts'
import { chooseEngine } from '../../../../src/main/jobs/engine-choice.ts'
import { type EngineSurroundings, placeOf } from '../../../../src/main/jobs/engine-places.ts'
import { type EngineTrial, fastestOf } from '../../../../src/main/jobs/engine-trials.ts'
import { type EngineName } from '../../../../src/shared/runs.ts'
import { fakeNvidiaWheel, fakeSource, fakeTools, fakeWheel } from '../../../support/fake-wheel.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function measured(name: EngineName, trainGflops: number, device = 'processor (x64)'): EngineTrial {
  const engine = { name, library: 'a library', device, threads: 2 }
  return { name, available: true, engine, convGflops: trainGflops, trainGflops }
}

const unavailable = (name: EngineName): EngineTrial => ({
  name,
  available: false,
  error: { kind: 'input', message: 'It is not here.' }
})

/** Surroundings with a pack, so that there is something to choose. */
async function surroundings(): Promise<EngineSurroundings> {
  const engineFolder = await temporaryFolder()
  await addPack(engineFolder, 'pack')
  const nowhere = '/no/such/engine'
  return { engineFolder, programPacks: [], resources: nowhere, enginePath: nowhere, nodePath: nowhere }
}

async function addPack(folder: string, name: string): Promise<void> {
  const elsewhere = await temporaryFolder()
  const wheel = await fakeWheel(elsewhere, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
  const source = fakeSource(await sha256File(wheel))
  await buildPack(
    { kind: 'native-cpu', source, folder: join(folder, name), wheels: [wheel], replace: false },
    fakeTools()
  )
}

/** A trial that knows its outcome, and which engines were tried. */
function scripted(...trials: EngineTrial[]) {
  const tried: EngineName[] = []
  const attempt = (_: EngineSurroundings, name: EngineName): Promise<EngineTrial> => {
    tried.push(name)
    return Promise.resolve(trials.find((trial) => trial.name === name) ?? unavailable(name))
  }
  return { tried, attempt }
}

const go = new AbortController().signal

describe('auto', () => {
  test('takes the engine that trains fastest, and says what it measured', async () => {
    const said: string[] = []
    const { attempt } = scripted(measured('native-cpu', 30), measured('wasm', 40.21))
    expect(await chooseEngine(await surroundings(), go, (text) => said.push(text), attempt)).toBe('wasm')
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('CytoLoom uses wasm')
    expect(said[0]).toContain('native-cpu 30, wasm 40.2')
  })

  test('measures once, and remembers', async () => {
    const place = await surroundings()
    const first = scripted(measured('native-cpu', 90), measured('wasm', 30))
    await chooseEngine(place, go, () => undefined, first.attempt)
    expect(first.tried).toEqual(expect.arrayContaining(['native-cpu', 'wasm']))
    const second = scripted()
    expect(await chooseEngine(place, go, () => expect.fail('nothing is new'), second.attempt)).toBe('native-cpu')
    expect(second.tried).toEqual([])
  })

  test.each<[string, (place: EngineSurroundings) => Promise<void>]>([
    ['another pack is there', ({ engineFolder }) => addPack(engineFolder, 'second')],
    [
      'its note is damaged',
      async ({ engineFolder }) => {
        const folder = join(engineFolder, 'choices')
        for (const name of await readdir(folder)) await writeFile(join(folder, name), '{"engine":')
      }
    ]
  ])('measures again when %s', async (_, change) => {
    const place = await surroundings()
    await chooseEngine(place, go, () => undefined, scripted(measured('native-cpu', 90)).attempt)
    await change(place)
    const again = scripted(measured('wasm', 100))
    expect(await chooseEngine(place, go, () => undefined, again.attempt)).toBe('wasm')
  })

  test('needs no trial where only wasm can be', async () => {
    const place = await surroundings()
    await rm(join(place.engineFolder, 'pack'), { recursive: true })
    const { tried, attempt } = scripted(measured('wasm', 1))
    expect(await chooseEngine(place, go, () => undefined, attempt)).toBe('wasm')
    // A computer with a graphics device has WebGPU to try as well.
    if (!tried.includes('webgpu')) expect(tried).toEqual([])
  })

  test('falls back to wasm when no trial comes to an end', async () => {
    expect(await chooseEngine(await surroundings(), go, () => undefined, scripted().attempt)).toBe('wasm')
  })

  test('chooses all the same where its note cannot be kept', async () => {
    const place = await surroundings()
    await writeFile(join(place.engineFolder, 'choices'), 'a file where the folder should be')
    const { attempt } = scripted(measured('native-cpu', 90), measured('wasm', 30))
    expect(await chooseEngine(place, go, () => undefined, attempt)).toBe('native-cpu')
  })

  test('does not remember a choice that was interrupted', async () => {
    const place = await surroundings()
    await chooseEngine(place, AbortSignal.abort(), () => undefined, scripted().attempt)
    await mkdir(join(place.engineFolder, 'choices'), { recursive: true })
    expect(await readdir(join(place.engineFolder, 'choices'))).toEqual([])
  })
})

describe('the fastest engine', () => {
  test('is never a program that plays a graphics card, nor plain JavaScript', () => {
    const trials = [measured('webgpu', 500, 'google swiftshader'), measured('wasm', 20), measured('cpu', 900)]
    expect(fastestOf(trials)?.name).toBe('wasm')
    expect(fastestOf([measured('webgpu', 500, 'NVIDIA GeForce RTX 4070'), measured('wasm', 20)])?.name).toBe('webgpu')
  })

  test('is the earlier of two that are about equally fast', () => {
    expect(fastestOf([measured('native-cpu', 100), measured('wasm', 105)])?.name).toBe('native-cpu')
    expect(fastestOf([measured('native-cpu', 100), measured('wasm', 115)])?.name).toBe('wasm')
  })
})

describe('an engine that is asked for', () => {
  test('is found with its pack', async () => {
    const place = await surroundings()
    expect(await placeOf(place, 'native-cpu')).toMatchObject({ nativeEngine: join(place.engineFolder, 'pack') })
    expect(await placeOf(place, 'wasm')).toEqual({ engine: 'wasm', variables: {} })
  })

  test('and is not there is refused with how to get it', async () => {
    await expect(placeOf(await surroundings(), 'native-gpu')).rejects.toMatchObject({
      kind: 'input',
      remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-gpu' }]) as unknown
    })
  })

  test('and whose pack is damaged is not there', async () => {
    const place = await surroundings()
    await rm(join(place.engineFolder, 'pack', 'LICENSE'))
    await expect(placeOf(place, 'native-cpu')).rejects.toMatchObject({
      remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-cpu' }]) as unknown
    })
  })

  test.skipIf(process.platform === 'win32').each([
    ['Tesla K80, 470.82.01', /^The driver of Tesla K80 is too old: it is 470\.82\.01.* needs 525\.60\.13 or newer/],
    ['', /^No NVIDIA graphics card/]
  ])('on a graphics card is refused where the card is %j', async (card, reason) => {
    const place = await surroundings()
    await addGpuPack(place.engineFolder)
    await pretendCard(card)
    await expect(placeOf(place, 'native-gpu')).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(reason) as string
    })
  })

  test.skipIf(process.platform === 'win32')('on a graphics card gets the libraries of its pack', async () => {
    const place = await surroundings()
    await addGpuPack(place.engineFolder)
    await pretendCard('NVIDIA GeForce RTX 4070, 550.54.14')
    const { nativeEngine, variables } = await placeOf(place, 'native-gpu')
    expect(nativeEngine).toBe(join(place.engineFolder, 'gpu'))
    expect(variables['LD_LIBRARY_PATH']).toContain(join(place.engineFolder, 'gpu', 'nvidia'))
    const { tried, attempt } = scripted(measured('native-gpu', 5000), measured('native-cpu', 200))
    expect(await chooseEngine(place, go, () => undefined, attempt)).toBe('native-gpu')
    expect(tried[0]).toBe('native-gpu')
  })
})

async function addGpuPack(folder: string): Promise<void> {
  const elsewhere = await temporaryFolder()
  const wheel = await fakeWheel(elsewhere, 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
  const source = fakeSource(await sha256File(wheel))
  const wheels = [
    wheel,
    await fakeNvidiaWheel(elsewhere, 'cublas', 'libcublas.so.12'),
    await fakeNvidiaWheel(elsewhere, 'cuda_nvcc')
  ]
  await buildPack({ kind: 'native-gpu', source, folder: join(folder, 'gpu'), wheels, replace: false }, fakeTools())
}

/** Puts NVIDIA's tool into the path, with this answer. */
async function pretendCard(answer: string): Promise<void> {
  const programs = await temporaryFolder()
  await writeFile(join(programs, 'nvidia-smi'), `#!/bin/sh\necho '${answer}'\n`)
  await chmod(join(programs, 'nvidia-smi'), 0o755)
  const path = process.env['PATH'] ?? ''
  process.env['PATH'] = `${programs}:${path}`
  onTestFinished(() => {
    process.env['PATH'] = path
  })
}
