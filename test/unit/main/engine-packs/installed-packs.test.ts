import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildPack } from '../../../../src/main/engine-packs/build-pack.ts'
import { contentsProblem } from '../../../../src/main/engine-packs/pack-folder.ts'
import { listPacks, removePack } from '../../../../src/main/engine-packs/installed-packs.ts'
import { sha256File } from '../../../../src/main/files/checksum.ts'
import { fakeSource, fakeTools, fakeWheel, libraries } from '../../../support/fake-wheel.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function packsFolder(): Promise<string> {
  const [packs, elsewhere] = [await temporaryFolder(), await temporaryFolder()]
  const wheel = await fakeWheel(elsewhere, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
  const source = fakeSource(await sha256File(wheel))
  await buildPack(
    { kind: 'native-cpu', source, folder: join(packs, 'here'), wheels: [wheel], replace: false },
    fakeTools()
  )
  return packs
}

describe('installed packs', () => {
  test('are listed, and folders that are none are not', async () => {
    const packs = await packsFolder()
    await mkdir(join(packs, 'choices'))
    await mkdir(join(packs, '.half.partial'))
    expect(await listPacks([packs, '/no/such/folder'], undefined)).toMatchObject([
      { name: 'native-cpu-2.21.0', folder: join(packs, 'here'), origin: 'pack' }
    ])
  })

  test.each<[string, (pack: string) => Promise<void>, RegExp]>([
    ['whose library is gone', (pack) => rm(join(pack, libraries[0] ?? '')), /libtensorflow_cc.* is missing/],
    ['whose library was changed', (pack) => appendFile(join(pack, libraries[0] ?? ''), '!'), /was changed/],
    ['whose description was changed', (pack) => appendFile(join(pack, 'pack.json'), ' '), /after it was checked/]
  ])('tell of one %s', async (_, damage, problem) => {
    const packs = await packsFolder()
    await damage(join(packs, 'here'))
    expect(await listPacks([packs], undefined)).toMatchObject([{ problem: expect.stringMatching(problem) as string }])
  })

  test('are read anew before they are loaded: a byte that was changed, or a file that was added, keeps them from it', async () => {
    const folder = join(await packsFolder(), 'here')
    const library = join(folder, libraries[0] ?? '')
    expect(await contentsProblem(folder)).toBeUndefined()
    const bytes = await readFile(library)
    const { mtime, atime } = await stat(library)
    await writeFile(
      library,
      bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
    )
    await utimes(library, atime, mtime)
    expect(await contentsProblem(folder)).toMatch(/Its file libtensorflow.* was changed/)
    await writeFile(library, bytes)
    expect(await contentsProblem(folder)).toBeUndefined()
    await symlink('/etc/passwd', join(folder, 'libevil.so'))
    expect(await contentsProblem(folder)).toBe('Its folder holds libevil.so, which does not belong to it.')
  })

  test('without the mark of readiness are none', async () => {
    const packs = await packsFolder()
    await rm(join(packs, 'here', 'ready'))
    expect(await listPacks([packs], undefined)).toEqual([])
  })

  test('are removed by name or by folder, whole', async () => {
    for (const name of ['native-cpu-2.21.0', 'here']) {
      const packs = await packsFolder()
      expect(await removePack([packs], name)).toMatchObject({ name: 'native-cpu-2.21.0' })
      expect(await readdir(packs)).toEqual([])
    }
  })

  test('of another name are named in the sentence about one that is not there', async () => {
    await expect(removePack([await packsFolder()], 'nothing')).rejects.toMatchObject({
      kind: 'input',
      message: 'There is no engine pack called "nothing".',
      next: expect.stringContaining('native-cpu-2.21.0') as string
    })
  })

  test('include the library that the install script of tfjs-node-gpu has downloaded', async () => {
    const nodePackage = await temporaryFolder()
    expect(await listPacks([], nodePackage)).toEqual([])
    await mkdir(join(nodePackage, 'deps/lib'), { recursive: true })
    await writeFile(join(nodePackage, 'deps/lib/libtensorflow.so.2'), '')
    expect(await listPacks([], nodePackage)).toMatchObject([
      { kind: 'native-gpu', version: '2.9.1', origin: 'tfjs-node-gpu', folder: join(nodePackage, 'deps/lib') }
    ])
  })
})
