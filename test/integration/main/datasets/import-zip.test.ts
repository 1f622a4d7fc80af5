import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { makeLivecellArchive } from '../../../../scripts/livecell/archive.ts'
import { sha256 } from '../../../../src/main/files/checksum.ts'
import { inspectSource } from '../../../../src/main/datasets/inspect-source.ts'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../../src/main/images/png-encode.ts'
import { type DatasetImage, type ImportRequest, InspectRequest } from '../../../../src/shared/datasets.ts'
import { type RawEntry, rawZip } from '../../../support/raw-zip.ts'
import { cellsOf, take } from '../../../support/taken-source.ts'
import { openTestApp } from '../../../support/test-app.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const [width, height] = [16, 12]
const picture = (value: number) => encodeGrayPng8(new Uint8Array(width * height).fill(value), width, height)
const labels = encodeLabelPng16(
  Uint16Array.from({ length: width * height }, (_, i) => (i < 40 ? 9 : i < 80 ? 65_535 : 0)),
  width,
  height
)

async function archive(files: Record<string, Uint8Array | string>, name = 'data.zip'): Promise<string> {
  const entries = Object.entries(files).map(([path, bytes]) => ({ name: path, bytes: Buffer.from(bytes) }))
  return written(rawZip(entries), name)
}

async function written(bytes: Uint8Array, name = 'data.zip'): Promise<string> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, bytes)
  return file
}

async function zipOf(folder: string): Promise<Record<string, Uint8Array>> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = found.map((entry) => join(entry.parentPath, entry.name)).sort()
  const files: Record<string, Uint8Array> = {}
  for (const path of paths) files[path.slice(folder.length + 1)] = await readFile(path)
  return files
}

describe('a zip that was not unpacked', () => {
  test('comes in as the folder in it, without what systems add, and is left as it was', async () => {
    const source = await archive({
      'my cells/images/a.png': picture(10),
      'my cells/images/b.png': picture(20),
      'my cells/masks/a.png': labels,
      'my cells/masks/b.png': labels,
      'my cells/.DS_Store': 'x',
      '__MACOSX/my cells/images/._a.png': 'x'
    })
    const before = [sha256(await readFile(source)), (await stat(source)).mtimeMs]
    const { dataset, images, refused, warnings, target } = await take(source)
    expect(refused).toEqual([])
    expect(dataset).toMatchObject({ format: 'labels', images: 2, annotated: 2, cells: 4 })
    expect((await cellsOf(target, images[0]?.id ?? 0)).map(({ id }) => id)).toEqual([9, 65_535])
    expect(warnings.map(({ reason }) => reason).join()).toContain(`there are pictures in ${source}/my cells/images`)
    expect((await readdir(target)).sort()).toEqual(['about.json', 'cells', 'images'])
    expect([sha256(await readFile(source)), (await stat(source)).mtimeMs]).toEqual(before)
  })

  test("gives the same as LIVECell's folder, whole or as pictures and annotations apart", async () => {
    const folder = join(await temporaryFolder(), 'made')
    await makeLivecellArchive(folder, { images: 16, cells: 12, seed: 1 })
    const facts = async (source: string, options: Partial<ImportRequest> = {}) => {
      const { dataset, images, target } = await take(source, options)
      const cells = await Promise.all(images.map(({ id }) => cellsOf(target, id)))
      const told = images.map(({ file, class: name, split, time, sha256: sum }: DatasetImage) => ({
        ...{ file: file.replace(/^.*\//, ''), name, split, time, sum }
      }))
      return { format: dataset.format, cells, told }
    }
    const expected = await facts(folder)
    const files = await zipOf(join(folder, 'LIVECell_dataset_2021'))
    const ofFolder = (start: string) =>
      Object.fromEntries(Object.entries(files).filter(([name]) => name.startsWith(start)))
    expect(await facts(await archive(await zipOf(folder)))).toEqual(expected)
    const annotations = await archive(ofFolder('annotations/'), 'annotations.zip')
    expect(await facts(annotations, { images: await archive(ofFolder('images/'), 'images.zip') })).toEqual(expected)
  })

  test('is looked at first, with every file named by the archive, and nothing left behind', async () => {
    const source = await archive({
      'images/a.png': picture(10),
      'images/b.png': 'no picture',
      'masks/a.png': labels,
      'masks/b.png': labels
    })
    const workspace = await temporaryFolder()
    const host = await openTestApp(workspace)
    const stages = new Set<string>()
    const progress = ({ stage }: { stage: string }) => void stages.add(stage)
    const look = await host.request('datasets.inspect', { source }, { progress })
    expect(look.totals).toEqual({ files: 2, usable: 1, annotated: 1, cells: 2 })
    expect(look.reason).toContain(source)
    expect(look.refused[0]?.reason).toContain(`${source}/images/b.png cannot be read`)
    expect(JSON.stringify(look)).not.toContain('unpacked')
    expect([...stages]).toEqual(['start', 'unpack', 'look'])
    expect(await readdir(join(workspace, 'datasets'))).toEqual([])
    const { dataset } = await host.request('datasets.import', { source, name: 'packed' })
    expect(dataset.cells).toBe(2)
    expect((await readdir(join(workspace, 'datasets', dataset.id))).sort()).toEqual(['about.json', 'cells', 'images'])
    await host.app.close()
  })
})

describe('a zip that is not to be trusted', () => {
  const good: RawEntry[] = [
    { name: 'images/a.png', bytes: Buffer.from(picture(10)) },
    { name: 'masks/a.png', bytes: Buffer.from(labels) }
  ]
  const evil = (entry: Partial<RawEntry>) => [
    ...good,
    { name: 'images/b.png', bytes: Buffer.from(picture(1)), ...entry }
  ]
  const zeros = Buffer.alloc(2 ** 20)

  test.each([
    ['leads out of the folder', evil({ name: '../evil.png' }), /leads out of its folder/],
    ['leads out by backslashes', evil({ name: '..\\..\\evil.png' }), /leads out of its folder/],
    ['is absolute', evil({ name: '/etc/evil.png' }), /leads out of its folder/],
    ['has a drive letter', evil({ name: 'C:\\evil.png' }), /leads out of its folder/],
    ['is a link', evil({ attributes: 0o120777 << 16 }), /is a link to another file/],
    ['is a device', evil({ attributes: 0o020666 << 16 }), /is not a plain file/],
    ['is encrypted', evil({ flags: 1, method: 8 }), /encrypted/],
    ['has a NUL in its name', evil({ name: 'images/b.png\0.exe' }), /holds a control character/],
    ['is packed another way', evil({ method: 12 }), /is packed by a method/],
    ['has a wrong checksum', evil({ crc: 1 }), /checksum/],
    ['is larger than it says', evil({ size: 10, bytes: zeros }), /is not unpacked/],
    ['says that it is much larger', evil({ size: 2 ** 31 }), /does not have the size that is stated/],
    [
      'is a bomb',
      evil({ size: 2 ** 30, packed: deflateRawSync(Buffer.alloc(2 ** 21 * 8)), bytes: zeros }),
      'is not unpacked'
    ]
  ])('is refused when an entry %s, and nothing is left', async (_, entries, sentence) => {
    const source = await written(rawZip(entries))
    await expect(take(source)).rejects.toMatchObject({
      kind: 'input',
      file: source,
      message: expect.stringMatching(sentence) as string
    })
    const scratch = join(await temporaryFolder(), 'scratch')
    await expect(inspectSource(InspectRequest.parse({ source }), { scratch })).rejects.toMatchObject({ kind: 'input' })
    expect(await readdir(join(scratch, '..'))).toEqual([])
  })

  test('leaves the workspace as it was', async () => {
    const workspace = await temporaryFolder()
    const host = await openTestApp(workspace)
    const source = await written(rawZip(evil({ crc: 1 })))
    await expect(host.request('datasets.import', { source, name: 'evil' })).rejects.toMatchObject({ kind: 'input' })
    expect(await readdir(join(workspace, 'datasets'))).toEqual([])
    await host.app.close()
  })

  test('is refused when it is cut off, empty, or no zip at all', async () => {
    const whole = rawZip(good)
    for (const bytes of [whole.subarray(0, whole.length >> 1), rawZip([]), Buffer.from('PK no'), Buffer.alloc(0)]) {
      await expect(take(await written(bytes))).rejects.toMatchObject({ name: 'AppError', kind: 'input' })
    }
  })

  test('keeps apart what only case tells apart, and gives device names another', async () => {
    const source = await archive({
      'images/a.png': picture(1),
      'images/A.png': picture(2),
      'images/con.png': picture(3),
      'masks/a.png': labels,
      'masks/A.png': labels,
      'masks/con.png': labels
    })
    const { images, refused } = await take(source)
    expect(refused).toEqual([])
    expect(images).toHaveLength(3)
    expect(new Set(images.map(({ file }) => file.toLowerCase())).size).toBe(3)
  })
})

test('an archive whose names begin with "./" comes in', async () => {
  const source = await archive({ './images/a.png': picture(10), './labels/a.png': labels })
  expect((await take(source)).dataset).toMatchObject({ format: 'labels', cells: 2 })
})
