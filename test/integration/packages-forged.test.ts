import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8, encodeLabelPng16 } from '../../src/main/images/png-encode.ts'
import { verifyPackage } from '../../src/main/packages/read-package.ts'
import { type SyntheticAbout } from '../../src/shared/synthetic.ts'
import { altered, forged, good, jsonOf, refusal } from '../support/forged-package.ts'
import { type RawEntry, rawZip, seal } from '../support/raw-zip.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function withAbout(change: (about: SyntheticAbout) => unknown): RawEntry[] {
  const about = structuredClone(jsonOf('about.json')) as unknown as SyntheticAbout // as it was written
  return forged({ 'about.json': Buffer.from(JSON.stringify(change(about))) })
}

describe('contents that do not fit together, although every hash does', () => {
  const blank = (side: number) => encodeLabelPng16(new Uint16Array(side * side), side, side)

  test('a manifest that is no manifest', async () => {
    expect(await refusal(rawZip(altered('manifest.json', { bytes: Buffer.from('{"kind": "other"}') })))).toContain(
      'manifest.json does not hold what it should at "kind"'
    )
    expect(await refusal(rawZip(altered('manifest.json', { bytes: Buffer.from('{') })))).toContain(
      'manifest.json is not readable JSON'
    )
    expect(await refusal(rawZip(altered('manifest.json', { bytes: Buffer.from('"\xff"', 'latin1') })))).toContain(
      'manifest.json is not readable JSON'
    )
    const newer = forged({}, (manifest) => ({ ...manifest, version: 2 as unknown as 1 })) // a version of the future
    const sentence = 'FILE was made by a newer version of this program (CytoLoom 0.1.0; package version 2'
    expect(await refusal(rawZip(newer))).toContain(sentence)
    const surprise = newer.map((entry) => ({ ...entry, name: 'depths/1.bin' })).slice(0, 1) // what no version has yet
    expect(await refusal(rawZip([...newer, ...surprise]))).toContain(sentence)
    const older = forged({}, (manifest) => ({ ...manifest, version: 0 as unknown as 1 })) // never made
    expect(await refusal(rawZip(older))).toContain('manifest.json does not hold what it should at "version"')
    const notSynthetic = forged({}, (manifest) => ({ ...manifest, synthetic: false }))
    expect(await refusal(rawZip(notSynthetic))).toContain('about.json does not agree with the manifest')
  })

  test('a manifest and a description that disagree', async () => {
    const zip = rawZip(forged({}, (manifest) => ({ ...manifest, cells: manifest.cells + 1 })))
    expect(await refusal(zip)).toContain('about.json does not agree with the manifest')
  })

  test.each<[string, (about: SyntheticAbout) => unknown, string]>([
    ['of another kind', (about) => ({ ...about, kind: 'run' }), 'does not hold what it should at "kind"'],
    ['with a path as its name', (about) => rename(about, '../x'), 'has a name or date that cannot be used'],
    ['with a made-up date', (about) => date(about, 'yesterday'), 'has a name or date that cannot be used'],
    [
      'with a negative count',
      (about) => firstImage(about, { removedCells: -1 }),
      'about.json does not hold what it should at "images.0.removedCells"'
    ],
    ['with removed cells elsewhere', (about) => firstImage(about, { removed }), 'holds removed cells that do not fit'],
    [
      'with a picture more than it counts',
      (about) => ({ ...about, images: about.images.slice(1) }),
      'counts other pictures'
    ],
    ['with a class of another count', (about) => firstImage(about, { class: 'BV-2' }), 'of a class differently'],
    ['with an unknown class', (about) => firstImage(about, { class: 'Z' }), 'of a class differently'],
    [
      'with a picture elsewhere',
      (about) => firstImage(about, { file: '../x.png' }),
      'does not hold what it should at "images.0.file"'
    ]
  ])('a description %s', async (_, change, says) => {
    expect(await refusal(rawZip(withAbout(change)))).toContain(says)
  })

  test('a picture that is called a TIFF', async () => {
    const called = withAbout((about) => firstImage(about, { file: '000000.tif' }))
    const listed = called.map((entry) =>
      entry.name === 'images/000000.png' ? { ...entry, name: 'images/000000.tif' } : entry
    )
    const manifest = { ...listed[0], name: 'manifest.json', bytes: Buffer.from(renamedIn(listed[0]?.bytes)) }
    expect(await refusal(rawZip([manifest, ...listed.slice(1)]))).toContain('lists a picture that is not a PNG')
  })

  test('pictures of another size or kind than described', async () => {
    const cases: [string, Uint8Array, string][] = [
      ['images/000000.png', encodeGrayPng8(new Uint8Array(64), 8, 8), 'is 8×8 pixels where about.json says 12×12'],
      ['images/000000.png', blank(12), 'is not a gray or RGB picture of 8 bits'],
      ['images/000000.png', Buffer.from('GIF89a'), 'is not a picture that can be read'],
      ['masks/000000.png', encodeGrayPng8(new Uint8Array(144), 12, 12), 'is not a label image of 16 bits'],
      ['masks/000000.png', blank(12), 'shows 0 cells where about.json counts']
    ]
    for (const [name, bytes, says] of cases) {
      expect(await refusal(rawZip(forged({ [name]: bytes })))).toContain(`${name} ${says}`)
    }
  })

  test('a mask with the right number of other cells', async () => {
    const { images } = jsonOf('about.json') as unknown as SyntheticAbout // as it was written
    const labels = new Uint16Array(144)
    for (let label = 1; label <= (images[0]?.cells ?? 0); label++) labels[label] = label
    const zip = rawZip(forged({ 'masks/000000.png': encodeLabelPng16(labels, 12, 12) }))
    expect(await refusal(zip)).toMatch(/annotation 1 in outlines\.coco\.json differs from cell 1 in the mask of 000000/)
  })

  test('outlines that leave their picture, lack a cell, change class or belong to nothing', async () => {
    const { annotations, images, categories } = jsonOf('outlines.coco.json') as Record<string, object[]>
    const outlines = (change: object) =>
      rawZip(
        forged({
          'outlines.coco.json': Buffer.from(JSON.stringify({ annotations, images, categories, ...change }))
        })
      )
    const first = (change: object) => [{ ...annotations?.[0], ...change }, ...(annotations ?? []).slice(1)]

    expect(await refusal(outlines({ annotations: first({ segmentation: [[0, 0, 1e300, 0, 1, 1]] }) }))).toContain(
      'annotation 1 in outlines.coco.json leaves its picture'
    )
    expect(await refusal(outlines({ annotations: first({ area: 1 }) }))).toContain('differs from cell 1')
    expect(await refusal(outlines({ annotations: first({ label: 60000 }) }))).toContain('differs from cell 1')
    expect(await refusal(outlines({ annotations: first({ category_id: 2 }) }))).toContain('has another class')
    expect(await refusal(outlines({ annotations: first({ image_id: 99 }) }))).toContain('is about other pictures')
    expect(await refusal(outlines({ annotations: annotations?.slice(1) }))).toMatch(
      /has \d cells in 000000.png, its mask/
    )
    expect(await refusal(outlines({ images: images?.slice(1) }))).toContain('is about other pictures than about.json')
  })

  test('outlines that walk around the same pixels another way are as good', async () => {
    const { annotations, images, categories } = jsonOf('outlines.coco.json') as Record<
      string,
      { segmentation: number[][] }[]
    >
    const turned = annotations?.map((annotation) => ({
      ...annotation,
      segmentation: annotation.segmentation.map((ring) => [...ring.slice(2), ...ring.slice(0, 2)])
    }))
    const text = JSON.stringify({ annotations: turned, images, categories })
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'turned.zip'), rawZip(forged({ 'outlines.coco.json': Buffer.from(text) })))

    expect(await verifyPackage(join(folder, 'turned.zip'))).toMatchObject({ verified: true })
  })
})

test('the builder of hostile archives builds good ones that are accepted', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'rebuilt.zip'), rawZip(forged({})))
  await writeFile(join(folder, 'resealed.zip'), seal(good))

  expect(await verifyPackage(join(folder, 'rebuilt.zip'))).toMatchObject({ verified: true, entries: 11 })
  expect((await readFile(join(folder, 'resealed.zip'))).equals(good)).toBe(true)
})

const renamedIn = (manifest: Uint8Array = Buffer.alloc(0)) =>
  Buffer.from(manifest).toString().replace('images/000000.png', 'images/000000.tif')
const removed = [{ reason: 'too-small', area: 4, counts: 'no runs' }]
const rename = (about: SyntheticAbout, name: string) => ({ ...about, synthetic: { ...about.synthetic, name } })
const date = (about: SyntheticAbout, created: string) => ({ ...about, synthetic: { ...about.synthetic, created } })
const firstImage = (about: SyntheticAbout, change: object) => ({
  ...about,
  images: about.images.map((image, i) => (i === 0 ? { ...image, ...change } : image))
})
