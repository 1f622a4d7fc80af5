import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPack, type PackTools } from '../../../../src/main/engine-packs/build-pack.ts'
import { listPacks } from '../../../../src/main/engine-packs/installed-packs.ts'
import { sha256File } from '../../../../src/main/files/checksum.ts'
import { type PackKind } from '../../../../src/shared/engine-packs.ts'
import { refuse } from '../../../../src/shared/errors.ts'
import {
  fakeNvidiaWheel,
  fakeSource,
  fakeTools,
  fakeWheel,
  libraries,
  type WheelChanges
} from '../../../support/fake-wheel.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const wheelName = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'

interface Site {
  readonly packs: string
  readonly wheel: string
  readonly build: (
    tools?: Partial<PackTools>,
    kind?: PackKind,
    more?: readonly string[]
  ) => ReturnType<typeof buildPack>
}

async function site(changes: WheelChanges = {}): Promise<Site> {
  const [packs, elsewhere] = [await temporaryFolder(), await temporaryFolder()]
  const wheel = await fakeWheel(elsewhere, wheelName, changes)
  const source = fakeSource(await sha256File(wheel))
  return {
    packs,
    wheel,
    build: (tools, kind = 'native-cpu', more = []) =>
      buildPack(
        { kind, source, folder: join(packs, 'pack'), wheels: [wheel, ...more], replace: true },
        fakeTools(tools)
      )
  }
}

describe('a pack made of a wheel', () => {
  test("holds the two libraries and the licences, and nothing else of the wheel's files", async () => {
    const { packs, build } = await site()
    await build()
    expect((await readdir(join(packs, 'pack'))).sort()).toEqual(
      ['LICENSE', 'THIRD_PARTY_NOTICES.txt', 'pack.json', 'ready', ...libraries].sort()
    )
    expect(await readdir(packs)).toEqual(['pack'])
  })

  test('describes each file by size and SHA-256, and names the wheel', async () => {
    const { packs, wheel, build } = await site()
    const description = await build()
    for (const { path, bytes, sha256 } of description.files) {
      const file = join(packs, 'pack', path)
      expect(await sha256File(file)).toBe(sha256)
      expect((await readFile(file)).length).toBe(bytes)
    }
    expect(description.sources).toEqual([{ file: wheelName, sha256: await sha256File(wheel) }])
    expect(await listPacks([packs], undefined)).toMatchObject([{ name: 'native-cpu-2.21.0', kind: 'native-cpu' }])
  })

  test('is not ready, nor there, before the library has been compared with plain JavaScript', async () => {
    const { packs, build } = await site()
    const seen: string[][] = []
    await build({
      verify: async (folder) => {
        seen.push(await readdir(folder), await readdir(packs))
      }
    })
    expect(seen[0]).toContain(libraries[0])
    expect(seen[0]).not.toContain('ready')
    expect(seen[1]?.every((name) => name.startsWith('.'))).toBe(true)
  })

  test('replaces an old one only once the new one is checked', async () => {
    const { packs, build } = await site()
    await build()
    await writeFile(join(packs, 'pack', 'old'), '')
    await expect(build({ verify: () => Promise.reject(refuse('other numbers')) })).rejects.toThrow('other numbers')
    expect(await readdir(join(packs, 'pack'))).toContain('old')
    await build()
    expect(await readdir(join(packs, 'pack'))).not.toContain('old')
  })

  test('stops when asked, and leaves nothing behind', async () => {
    const { packs, build } = await site()
    await expect(build({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'stopped' })
    expect(await readdir(packs)).toEqual([])
  })
})

describe('a wheel that is not accepted', () => {
  test('has another SHA-256 than the one that was looked at', async () => {
    const { packs, wheel } = await site()
    const order = { source: fakeSource('0'.repeat(64)), folder: join(packs, 'pack'), wheels: [wheel], replace: true }
    await expect(buildPack({ kind: 'native-cpu', ...order }, fakeTools())).rejects.toMatchObject({
      kind: 'input',
      file: wheel,
      message: expect.stringContaining('is not the expected wheel (tensorflow-cpu 2.21.0') as string
    })
    expect(await readdir(packs)).toEqual([])
  })

  test.each<[string, WheelChanges]>([
    ["the library's two files are not in it", { files: { [`tensorflow/${libraries[0] ?? ''}`]: undefined } }],
    ["TensorFlow's licence is not in it", { files: { 'tensorflow/include/LICENSE': undefined } }],
    ['does not have the SHA-256 that the wheel states', { wrongRecord: [`tensorflow/${libraries[1] ?? ''}`] }]
  ])('because %s', async (reason, changes) => {
    const { packs, build } = await site(changes)
    await expect(build()).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(reason) as string
    })
    expect(await readdir(packs)).toEqual([])
  })

  test('is not there', async () => {
    const { build } = await site()
    await expect(build({}, 'native-cpu', ['/no/such/nvidia.whl'])).rejects.toMatchObject({
      kind: 'input',
      message: 'There is no file /no/such/nvidia.whl.'
    })
  })
})

describe('a pack for graphics cards', () => {
  test('holds the libraries of the NVIDIA wheels that the wheel asks for, with their licences', async () => {
    const { packs, build } = await site()
    const asked: string[] = []
    const description = await build(
      {
        download: async ({ package: name, requirement }, folder) => {
          asked.push(requirement)
          return name === 'nvidia-cublas-cu12'
            ? fakeNvidiaWheel(folder, 'cublas', 'libcublas.so.12')
            : fakeNvidiaWheel(folder, 'cuda_nvcc')
        }
      },
      'native-gpu'
    )
    expect(asked).toEqual(['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-cuda-nvcc-cu12<13.0,>=12.5.82'])
    expect(description.cuda).toBe(12)
    expect(description.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['nvidia/libcublas.so.12', 'licences/nvidia_cublas_cu12-License.txt'])
    )
    expect(description.sources).toHaveLength(3)
    expect(await readdir(packs)).toEqual(['pack'])
  })

  test('takes a wheel at hand instead of fetching it', async () => {
    const { build } = await site()
    const folder = await temporaryFolder()
    const given = [
      await fakeNvidiaWheel(folder, 'cublas', 'libcublas.so.12'),
      await fakeNvidiaWheel(folder, 'cuda_nvcc')
    ]
    const { sources } = await build({}, 'native-gpu', given) // these tools fetch nothing
    expect(sources).toHaveLength(3)
    expect(await readdir(folder)).toHaveLength(2)
  })
})
