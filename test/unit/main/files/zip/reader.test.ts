import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type ZipPolicy } from '../../../../../src/main/files/zip/policy.ts'
import { ZipReader } from '../../../../../src/main/files/zip/reader.ts'
import { zipBytes } from '../../../../../src/main/files/zip/writer.ts'
import { type RawEntry, rawZip } from '../../../../support/raw-zip.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const policy: ZipPolicy = {
  what: 'zip archive',
  verdict: 'is not read',
  next: 'Copy it again.',
  entries: 100,
  entryBytes: 2 ** 20,
  totalBytes: 2 ** 21
}

const entry = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({ name, bytes: Buffer.from(name), ...more })

/** A name in UTF-8, byte by byte. */
const inUtf8 = (name: string): string => Buffer.from(name).toString('latin1')

function open(entries: readonly RawEntry[], change: Partial<ZipPolicy> = {}): Promise<ZipReader> {
  return ZipReader.ofBytes(rawZip(entries), 'a.zip', { ...policy, ...change })
}

async function namesOf(entries: readonly RawEntry[]): Promise<string[]> {
  return (await open(entries)).entries.map(({ name }) => name)
}

async function refusal(entries: readonly RawEntry[], change: Partial<ZipPolicy> = {}): Promise<string> {
  const thrown: unknown = await open(entries, change).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ kind: 'input', file: 'a.zip', next: 'Copy it again.' })
  return String(thrown).replace('AppError: a.zip is not read: ', '')
}

describe('entries that share bytes', () => {
  test('are refused, for a few hundred kilobytes of them become gigabytes', async () => {
    const zeros = Buffer.alloc(2 ** 18)
    const kernel = { bytes: zeros, packed: deflateRawSync(zeros), crc: crc32(zeros), method: 8 }
    const many = Array.from({ length: 60 }, (_, i) => entry(`${i}`, { ...kernel, ...(i > 0 && { sameDataAs: 0 }) }))
    expect(await refusal(many, { totalBytes: Infinity })).toBe('1 shares bytes with another entry.')
  })

  test('are refused also where one begins inside the other', async () => {
    // The data of the first are a second entry, header and all, as a bomb quotes what follows.
    const inner = rawZip([entry('b', { bytes: Buffer.from('inner') })])
    const outer = entry('a', { bytes: inner.subarray(0, 30 + 1 + 5) })
    const zip = rawZip([outer, entry('b', { bytes: Buffer.from('inner') })])
    const directory = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
    zip.writeUInt32LE(30 + 1, directory + 42) // the second entry is said to begin where the first one's data do
    await expect(ZipReader.ofBytes(zip, 'a.zip', policy)).rejects.toThrow('b shares bytes with another entry')
  })

  test('are refused where only an entry that is passed over shares them', async () => {
    const entries = [entry('.hidden'), entry('a', { sameDataAs: 0, bytes: Buffer.from('.hidden') })]
    expect(await refusal(entries, { skips: (name) => name === '.hidden' })).toMatch('shares bytes')
  })

  test('are not found where the directory only has another order', async () => {
    const zip = rawZip([entry('a'), entry('b')])
    const start = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'))
    const [first, second] = [zip.subarray(start, start + 47), zip.subarray(start + 47, start + 94)]
    const turned = Buffer.concat([zip.subarray(0, start), second, first, zip.subarray(start + 94)])
    const reader = await ZipReader.ofBytes(turned, 'a.zip', policy)
    expect(reader.entries.map(({ name }) => name)).toEqual(['b', 'a'])
  })
})

describe('names', () => {
  test('are read as they are said to be written', async () => {
    expect(await namesOf([entry(inUtf8('é.png'))])).toEqual(['é.png'])
  })

  test('are read as UTF-8 without a word, and as the first IBM PC wrote them where they are nothing else', async () => {
    expect(await namesOf([entry(inUtf8('é.png'), { flags: 0 })])).toEqual(['é.png'])
    expect(await namesOf([entry('H\x94he.png', { flags: 0 })])).toEqual(['Höhe.png'])
  })

  test('have the folders that Windows divides by backslashes', async () => {
    expect(await namesOf([entry('images\\a.png')])).toEqual(['images/a.png'])
  })

  test.each(['../a', 'b/../../a', '/a', 'C:\\a', '..\\a'])('that lead elsewhere are refused: %s', async (name) => {
    expect(await refusal([entry(name)])).toMatch('leads out of its folder')
  })

  test('that stand twice are refused, unless they are mere labels', async () => {
    const twice = [entry('a'), entry('b'), entry('a')]
    expect(await refusal(twice)).toBe('a is in it twice.')
    expect((await open(twice, { sameNames: 'accepted' })).entries).toHaveLength(3)
    expect(await refusal([entry('a'), entry('A')], { sameNames: 'refused in either case' })).toBe('A is in it twice.')
  })
})

test('what is declared is held against what comes out', async () => {
  const zip = await open([entry('a', { crc: 1 }), entry('b', { bytes: Buffer.alloc(99), size: 7, method: 8 })])
  const [a, b] = zip.entries
  if (a === undefined || b === undefined) throw new Error('both are there')
  await expect(zip.read(a)).rejects.toThrow('the checksum of a is wrong')
  await expect(zip.read(b)).rejects.toThrow('an entry does not have the size that is stated for it')
})

test('a failed extraction leaves the words of the policy, and what is there is not overwritten', async () => {
  const folder = await temporaryFolder()
  const zip = await open([entry('a')])
  const [a] = zip.entries
  if (a === undefined) throw new Error('it is there')
  await zip.extract(a, join(folder, 'a'))
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('a')
  await writeFile(join(folder, 'b'), 'mine')
  await expect(zip.extract(a, join(folder, 'b'))).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(join(folder, 'b'), 'utf8')).toBe('mine')
})

test('what is written is read again, and the same contents give the same bytes at any time', async () => {
  const contents = [
    { name: 'a.txt', bytes: Buffer.from('text') },
    { name: 'é.png', bytes: Buffer.from([1, 2, 3]), isPacked: true }
  ]
  const bytes = await zipBytes(contents)
  expect((await zipBytes(contents)).equals(bytes)).toBe(true)
  const zip = await ZipReader.ofBytes(bytes, 'a.zip', policy)
  expect(zip.entries.map(({ name, isStored }) => [name, isStored])).toEqual([
    ['a.txt', false],
    ['é.png', true]
  ])
  for (const [i, entry] of zip.entries.entries())
    expect([...(await zip.read(entry))]).toEqual([...(contents[i]?.bytes ?? [])])
})
