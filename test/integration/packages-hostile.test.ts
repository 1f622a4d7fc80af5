import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../src/main/images/png-encode.ts'
import { packageLimits } from '../../src/main/packages/limits.ts'
import { verifyPackage } from '../../src/main/packages/read-package.ts'
import { AppError } from '../../src/shared/errors.ts'
import { altered, entries, forged, good, refusal } from '../support/forged-package.ts'
import { type RawEntry, type RawZip, rawZip } from '../support/raw-zip.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const extra = (name: string, fields: Partial<RawEntry> = {}): RawEntry => ({ name, bytes: Buffer.from('x'), ...fields })

describe('one flipped bit anywhere', () => {
  test('is refused: one bit of every byte of a whole package, and every bit of its seal', async () => {
    const bits = Array.from(good, (_, at) => (at < good.length - 140 ? [at % 8] : [0, 1, 2, 3, 4, 5, 6, 7]))
    const flips = bits.flatMap((ofByte, at) => ofByte.map((bit) => ({ at, bit })))
    const folder = await temporaryFolder()
    const accepted: object[] = []
    const flipOne = async (flip: { at: number; bit: number }, lane: number) => {
      const file = join(folder, `${lane}.zip`)
      const flipped = Buffer.from(good)
      flipped[flip.at] = (flipped[flip.at] ?? 0) ^ (1 << flip.bit)
      await writeFile(file, flipped)
      const outcome: unknown = await verifyPackage(file).catch((error: unknown) => error)
      if (!(outcome instanceof AppError) || outcome.kind !== 'input') accepted.push(flip)
    }
    const lanes = 8
    for (let start = 0; start < flips.length; start += lanes)
      await Promise.all(flips.slice(start, start + lanes).map(flipOne))

    expect(new Set(flips.map(({ at }) => at)).size).toBe(good.length)
    expect(accepted).toEqual([])
  })

  test('is refused where the seal was made to fit again, if it touches what is stored', async () => {
    for (const { name, bytes } of entries.slice(1)) {
      const flipped = Buffer.from(bytes)
      flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 4
      expect(await refusal(rawZip(altered(name, { bytes: flipped })))).toContain(
        `${name} does not have the size and SHA-256 that the manifest states`
      )
    }
  })
})

describe('a file that is no package', () => {
  test.each([
    ['an empty file', () => Buffer.alloc(0)],
    ['a text', () => Buffer.from('not a zip')],
    ['a zip without a seal', () => rawZip(entries, { sealed: false }).subarray(0, -129)],
    ['a package that is cut short', () => good.subarray(0, -1)],
    ['a package with a byte behind it', () => Buffer.concat([good, Buffer.from('x')])]
  ])('is called that: %s', async (_, zip) => {
    expect(await refusal(zip())).toBe('FILE is not a CytoLoom package, or its end is missing.')
  })

  test('is named when it is not there, or a folder', async () => {
    const folder = await temporaryFolder()
    await expect(verifyPackage(join(folder, 'no.zip'))).rejects.toMatchObject({ kind: 'input', message: /not there/ })
    await expect(verifyPackage(folder)).rejects.toMatchObject({ kind: 'input', message: /not a file/ })
  })

  test('is called broken where bytes were put before it or into it', async () => {
    const sentence = 'it was damaged or changed after it was made (its seal is broken)'
    expect(await refusal(Buffer.concat([Buffer.from('MZ'), good]))).toContain(sentence)
    expect(await refusal(Buffer.concat([good.subarray(0, 400), Buffer.from('x'), good.subarray(400)]))).toContain(
      sentence
    )
  })
})

describe('an entry’s name', () => {
  test.each([
    ['../escape.png', 'leads out of its folder'],
    ['images/../../escape.png', 'leads out of its folder'],
    ['/etc/passwd', 'is an absolute path'],
    ['//server/share/x.png', 'is an absolute path'],
    ['C:/x.png', 'begins with a drive letter'],
    ['c:x.png', 'begins with a drive letter'],
    ['images\\x.png', 'holds a backslash'],
    ['..\\x.png', 'holds a backslash'],
    ['images/x.png\0.txt', 'holds a control character'],
    ['images/x\n.png', 'holds a control character'],
    ['images/\xe9.png', 'holds characters beyond plain ASCII'],
    ['', 'is empty'],
    ['images/', 'is a folder'],
    ['images//x.png', 'has an empty part'],
    ['images/./x.png', 'has an empty part'],
    ['images/x.png.', 'has a part that ends in a dot or space'],
    ['images /x.png', 'has a part that ends in a dot or space'],
    ['images/CON.png', 'is reserved for a device on Windows'],
    ['images/lpt1.png', 'is reserved for a device on Windows'],
    ['images/x.png:stream', 'does not belong in a package'],
    ['images/deep/x.png', 'does not belong in a package'],
    ['run-me.exe', 'does not belong in a package'],
    ['Images/x.png', 'does not belong in a package']
  ])('%j is refused', async (name, says) => {
    expect(await refusal(rawZip([...entries, extra(name)]))).toBe(
      `FILE is not accepted: the entry ${JSON.stringify(name)} ${says}.`
    )
  })

  test('is refused the second time, also in other letters', async () => {
    expect(await refusal(rawZip([...entries, extra('images/000000.png')]))).toContain(
      'images/000000.png is in it twice'
    )
    const twins = [...entries, extra('images/abc.png'), extra('images/ABC.png')]
    expect(await refusal(rawZip(twins))).toContain('images/ABC.png is in it twice')
  })

  test('is refused where the local header has another', async () => {
    const zip = rawZip(altered('about.json', { localName: 'About.json' }))
    expect(await refusal(zip)).toContain('about.json is described in two different ways')
  })
})

describe('an entry’s kind', () => {
  const folderBit = 0x10
  test.each<[string, Partial<RawEntry>, string]>([
    ['a symbolic link', { attributes: 0o120777 << 16 }, 'is a link to another file'],
    ['a folder in Unix terms', { attributes: 0o040755 << 16 }, 'is not a plain file'],
    ['a device', { attributes: 0o060644 << 16 }, 'is not a plain file'],
    ['a folder in DOS terms', { attributes: folderBit }, 'is a folder'],
    ['encrypted', { flags: 0x0801, method: 8 }, 'is encrypted'],
    ['strongly encrypted', { flags: 0x0840 }, 'is encrypted'],
    ['followed by its sizes', { flags: 0x0808 }, 'uses a rare form of zip'],
    ['packed by bzip2', { method: 12 }, 'is packed by a method that is not read here'],
    [
      'with a second name in an extra field',
      { extra: Buffer.from('75700500016162636465', 'hex') },
      'carries hidden fields'
    ],
    ['with a broken extra field', { extra: Buffer.from('7570ff00', 'hex') }, 'its zip structure is damaged'],
    ['with a comment', { comment: 'hello' }, 'carries a comment'],
    ['with fields in its local header alone', { localExtra: Buffer.alloc(4) }, 'there are bytes before'],
    ['with another checksum in its local header', { localCrc: 7 }, 'is described in two different ways'],
    ['with a wrong checksum', { crc: 7 }, 'the checksum of about.json is wrong']
  ])('is refused: %s', async (_, change, says) => {
    expect(await refusal(rawZip(altered('about.json', change)))).toContain(says)
  })
})

describe('the archive as a whole', () => {
  test.each<[string, RawZip]>([
    ['before the first entry', { before: Buffer.from('MZ program') }],
    ['between the last entry and the directory', { betweenDataAndDirectory: Buffer.from('hidden') }],
    ['between the directory and its end', { declaredEntries: 7 }]
  ])('is refused with bytes %s', async (_, options) => {
    expect(await refusal(rawZip(entries, options))).toMatch(
      /there are bytes (in it|before manifest.json) that belong to/
    )
  })

  test('is refused with bytes between two entries, or two entries in the same bytes', async () => {
    expect(await refusal(rawZip(altered('about.json', { gap: Buffer.from('hidden') })))).toContain(
      'there are bytes before about.json that belong to no entry'
    )
    const shared = entries.map((entry, i) => (i === 5 ? { ...entry, sameDataAs: 4 } : entry))
    expect(await refusal(rawZip(shared))).toContain('that belong to no entry, or to two')
  })

  test('is refused where the directory promises more entries than it has', async () => {
    expect(await refusal(rawZip(entries, { declaredEntries: 60 }))).toContain('its zip structure is damaged')
  })

  test('is refused in another order', async () => {
    const [manifest, readme, about, ...others] = forged({})
    if (!manifest || !readme || !about) throw new Error('the good package has these')
    expect(await refusal(rawZip([readme, manifest, about, ...others]))).toContain(
      'it does not begin with manifest.json'
    )
    const [first, second, ...rest] = others
    if (!first || !second) throw new Error('the good package has these')
    expect(await refusal(rawZip([manifest, readme, about, second, first, ...rest]))).toContain('in a different order')
  })

  test('is refused with an entry too many or too few', async () => {
    expect(await refusal(rawZip([...entries, extra('masks/more.png')]))).toContain(
      'masks/more.png is not listed in the manifest'
    )
    expect(await refusal(rawZip(entries.slice(0, -1)))).toContain(
      'previews/000001.png is listed in the manifest, but not in the package'
    )
    expect(await refusal(rawZip([]))).toContain('it does not begin with manifest.json')
  })
})

describe('a bomb', () => {
  const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * 2 ** 20)

  test('that inflates 1000 to 1 is refused before it is inflated', async () => {
    const zip = rawZip(altered('about.json', { bytes: zeros(50), method: 8 }))
    expect(zip.length).toBeLessThan(100_000)
    expect(await refusal(zip)).toContain('about.json claims to be more than 250 times as large as it is packed')
  })

  test('that hides its size is stopped at the size that it states', async () => {
    const lie = { bytes: Buffer.from('small'), packed: deflateRawSync(zeros(50)), method: 8 }
    expect(await refusal(rawZip(altered('about.json', lie)))).toContain(
      'an entry does not have the size that is stated for it'
    )
  })

  test('that states more than it has is refused too', async () => {
    const lie = { bytes: Buffer.from('small'), size: 4000, method: 8 }
    expect(await refusal(rawZip(altered('about.json', lie)))).toContain(
      'an entry does not have the size that is stated for it'
    )
  })

  test('of many entries, of a large one, or of many large ones is refused by its directory', async () => {
    const limits = { ...packageLimits, entries: 7 }
    expect(await refusal(rawZip(entries), limits)).toContain('it has 11 entries, and at most 7 are read')
    const large = rawZip(altered('images/000000.png', { bytes: zeros(3) }))
    expect(await refusal(large, { ...packageLimits, pictureBytes: 2 ** 21 })).toContain('would fill more than 2 MiB')
    expect(await refusal(large, { ...packageLimits, totalBytes: 2 ** 21 })).toContain('it would fill more than 2 MiB')
  })

  test('inside a picture is refused by the size that the picture states', async () => {
    const huge = Buffer.from(encodeGrayPng8(new Uint8Array(144), 12, 12))
    huge.writeUInt32BE(100_000, 16)
    huge.writeUInt32BE(100_000, 20)
    const zip = rawZip(forged({ 'images/000000.png': huge }))
    expect(await refusal(zip)).toContain('images/000000.png is not a picture that can be read')
  })
})
