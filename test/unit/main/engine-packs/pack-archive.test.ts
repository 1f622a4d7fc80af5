import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, afterAll } from 'vitest'
import { buildPack, type PackTools } from '../../../../src/main/engine-packs/build-pack.ts'
import { listPacks } from '../../../../src/main/engine-packs/installed-packs.ts'
import { installArchive, isPackArchive, writePackArchive } from '../../../../src/main/engine-packs/pack-archive.ts'
import { sha256, sha256File } from '../../../../src/main/files/checksum.ts'
import { refuse } from '../../../../src/shared/errors.ts'
import { fakeSource, fakeTools, fakeWheel, libraries } from '../../../support/fake-wheel.ts'
import { type RawEntry, rawZip } from '../../../support/raw-zip.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

let made: string
let archive: string

beforeAll(async () => {
  made = await temporaryFolder(afterAll)
  const wheel = await fakeWheel(made, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')
  const source = fakeSource(await sha256File(wheel))
  const order = { kind: 'native-cpu', source, folder: join(made, 'pack'), wheels: [wheel], replace: false } as const
  const description = await buildPack(order, fakeTools())
  archive = join(made, 'pack.zip')
  await writePackArchive(join(made, 'pack'), description, archive)
})

function install(file: string, packs: string, tools: Partial<PackTools> = {}) {
  return installArchive(file, ({ name }) => join(packs, name), fakeTools(tools))
}

describe('a pack as one file', () => {
  test('brings the same pack to another computer', async () => {
    const packs = await temporaryFolder()
    expect(await isPackArchive(archive)).toBe(true)
    const { name } = await install(archive, packs)
    expect(name).toBe('native-cpu-2.21.0')
    for (const file of [...libraries, 'LICENSE', 'pack.json', 'ready']) {
      expect(await sha256File(join(packs, name, file))).toBe(await sha256File(join(made, 'pack', file)))
    }
    expect(await listPacks([packs], undefined)).toMatchObject([{ name, origin: 'pack' }])
  })

  test('is the same bytes whenever it is written, and never replaces a file', async () => {
    const again = join(await temporaryFolder(), 'again.zip')
    const description = JSON.parse(await readFile(join(made, 'pack', 'pack.json'), 'utf8')) as never
    const { sha256: digest } = await writePackArchive(join(made, 'pack'), description, again)
    expect(digest).toBe(await sha256File(archive))
    await expect(writePackArchive(join(made, 'pack'), description, again)).rejects.toMatchObject({ kind: 'input' })
  })

  test('does not replace a pack of that name', async () => {
    const packs = await temporaryFolder()
    await install(archive, packs)
    await expect(install(archive, packs)).rejects.toMatchObject({
      kind: 'input',
      message: 'There is already an engine pack called native-cpu-2.21.0.'
    })
  })

  test('leaves nothing behind when its library computes other numbers', async () => {
    const packs = await temporaryFolder()
    const verify = () => Promise.reject(refuse('other numbers'))
    await expect(install(archive, packs, { verify })).rejects.toThrow('other numbers')
    expect(await readdir(packs)).toEqual([])
  })
})

interface Forgery {
  /** Changes what pack.json says. */
  readonly says?: (description: Description) => object
  readonly entries?: (honest: RawEntry[]) => RawEntry[]
  readonly bytes?: (zip: Buffer) => Buffer
}

interface Description {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

/** A pack whose parts can be changed one by one. */
function forge({ says = (same) => same, entries = (same) => same, bytes = (same) => same }: Forgery): Buffer {
  const contents = { LICENSE: 'Apache', ...Object.fromEntries(libraries.map((name) => [name, `code of ${name}`])) }
  const files = Object.entries(contents).map(([path, text]) => ({ path, bytes: text.length, sha256: sha256(text) }))
  const description = {
    format: 1,
    name: 'native-cpu-2.21.0',
    kind: 'native-cpu',
    platform: process.platform,
    arch: process.arch,
    library: 'TensorFlow',
    version: '2.21.0',
    licence: 'LICENSE',
    files,
    sources: []
  }
  const honest: RawEntry[] = [
    { name: 'pack.json', bytes: Buffer.from(JSON.stringify(says(description))) },
    ...Object.entries(contents).map(([name, text]) => ({ name, bytes: Buffer.from(text), method: 8 }))
  ]
  return bytes(rawZip(entries(honest), { sealed: false }))
}

const changeEntry = (name: string, change: Partial<RawEntry>) => (entries: RawEntry[]) =>
  entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry))

const forgeries: [string, RegExp, Forgery][] = [
  ['for another system', /is for another kind of computer \(win32-/, { says: (d) => ({ ...d, platform: 'win32' }) }],
  ['for another processor', /is for another kind of computer/, { says: (d) => ({ ...d, arch: 'mips' }) }],
  [
    'with a changed library of the same size',
    /LICENSE does not have the SHA-256/,
    { entries: changeEntry('LICENSE', { bytes: Buffer.from('apache') }) }
  ],
  [
    'with a library of another size',
    /does not have the size/,
    { entries: changeEntry('LICENSE', { bytes: Buffer.from('Apache 2') }) }
  ],
  [
    'without one of its files',
    /LICENSE is missing/,
    { entries: (all) => all.filter(({ name }) => name !== 'LICENSE') }
  ],
  [
    'with a file that is not described',
    /"evil.so" is in it, but not in its description/,
    { entries: (all) => [...all, { name: 'evil.so', bytes: Buffer.from('x') }] }
  ],
  [
    'with a file that leads out of its folder',
    /is not accepted: the entry "\.\.\/evil\.so" leads out of its folder/,
    { entries: (all) => [...all, { name: '../evil.so', bytes: Buffer.from('x') }] }
  ],
  [
    'that describes a file that leads out of its folder',
    /does not describe a pack at "files\.0\.path"/,
    { says: (d) => ({ ...d, files: [{ path: '../evil', bytes: 1, sha256: '0'.repeat(64) }, ...d.files] }) }
  ],
  [
    'with its own mark of readiness',
    /"ready" is in it/,
    { entries: (all) => [...all, { name: 'ready', bytes: Buffer.from('x') }] }
  ],
  [
    'with a link',
    /"LICENSE" is a link to another file/,
    { entries: changeEntry('LICENSE', { attributes: 0o120777 << 16 }) }
  ],
  [
    'with a file twice',
    /LICENSE is in it twice/,
    { entries: (all) => [...all, { name: 'LICENSE', bytes: Buffer.from('Apache') }] }
  ],
  [
    'that describes a file twice',
    /lists a file twice/,
    { says: (d) => ({ ...d, files: [...d.files, ...d.files.slice(0, 1)] }) }
  ],
  ['without a licence', /licence of the library is not in it/, { says: (d) => ({ ...d, licence: 'COPYING' }) }],
  ['of a later format', /does not describe a pack at "format"/, { says: (d) => ({ ...d, format: 2 }) }],
  ['whose name is a path', /does not describe a pack at "name"/, { says: (d) => ({ ...d, name: '../../pack' }) }],
  [
    'whose description is not JSON',
    /its pack\.json is not JSON/,
    { entries: changeEntry('pack.json', { bytes: Buffer.from('{') }) }
  ],
  [
    'without a description',
    /it is not an engine pack: pack\.json is not in it/,
    { entries: (all) => all.filter(({ name }) => name !== 'pack.json') }
  ],
  [
    'that was cut off',
    /it is not a zip archive, or its end is missing/,
    { bytes: (zip) => zip.subarray(0, zip.length - 200) }
  ],
  [
    'with a damaged entry',
    /is not accepted/,
    {
      bytes: (zip) => {
        const damaged = Buffer.from(zip)
        damaged.fill(0xff, zip.indexOf('LICENSE') + 7, zip.indexOf('LICENSE') + 12)
        return damaged
      }
    }
  ],
  [
    'that is no zip at all',
    /it is not a zip archive, or its end is missing/,
    { bytes: () => Buffer.from('#!/bin/sh\necho hello\n') }
  ],
  ['that is empty', /it is not a zip archive, or its end is missing/, { bytes: () => Buffer.alloc(0) }]
]

describe('a file that is not accepted', () => {
  test.each(forgeries)('is a pack %s', async (_, reason, forgery) => {
    const home = await temporaryFolder()
    const [file, packs] = [join(home, 'forged.zip'), join(home, 'packs')]
    await mkdir(packs)
    await writeFile(file, forge(forgery))
    await expect(install(file, packs)).rejects.toMatchObject({
      kind: 'input',
      file,
      message: expect.stringMatching(reason) as string,
      next: expect.stringMatching(/\S/) as string
    })
    expect(await readdir(packs)).toEqual([])
    expect(await readdir(home)).toEqual(['forged.zip', 'packs'])
  })

  test('is none of these when nothing is changed', async () => {
    const home = await temporaryFolder()
    await writeFile(join(home, 'honest.zip'), forge({}))
    await install(join(home, 'honest.zip'), join(home, 'packs'))
    expect(await readdir(join(home, 'packs'))).toEqual(['native-cpu-2.21.0'])
  })
})
