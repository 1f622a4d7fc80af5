import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importDataset } from '../../../../src/main/datasets/import-dataset.ts'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../../../../src/main/images/png-encode.ts'
import { DatasetId, ImportRequest } from '../../../../src/shared/datasets.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const [width, height] = [20, 16]
const gray = (value = 90) => encodeGrayPng8(new Uint8Array(width * height).fill(value), width, height)

type Files = Record<string, Uint8Array | string | object>

/** Writes a source, imports it, and gives what came in. Objects are written as JSON. */
async function take(files: Files, options: Partial<ImportRequest> = {}) {
  const source = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, name)), { recursive: true })
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(join(source, name), isRaw ? content : JSON.stringify(content))
  }
  const target = await temporaryFolder()
  const request = ImportRequest.parse({ source, name: 'x', ...options })
  const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '2025-01-02T03:04:05.000Z' }
  return { ...(await importDataset(request, identity, target)), target }
}

const outline = [2, 2, 8, 2, 8, 8, 2, 8]

function coco(changes: object = {}) {
  return {
    images: [{ id: 1, file_name: 'a.png', width, height }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: [{ id: 11, image_id: 1, category_id: 1, segmentation: [outline] }],
    ...changes
  }
}

describe('COCO files with faults', () => {
  test('a faultless one comes in, for comparison', async () => {
    const { dataset, refused } = await take({ 'images/a.png': gray(), 'annotations/x.json': coco() })
    expect(dataset).toMatchObject({ format: 'coco', images: 1, annotated: 1, cells: 1 })
    expect(refused).toEqual([])
  })

  test.each([
    ['no images', { annotations: [] }, /has no "images"/],
    ['no annotations', { images: [{ id: 1, file_name: 'a.png' }] }, /has no "annotations"/],
    ['images that are no list', { images: 3, annotations: [] }, /"images" is 3/],
    ['a list at the top', [{ image_id: 1, score: 0.5 }], /COCO results \(pictures go by their numbers/],
    ['no JSON in it', 'hello', /not JSON/],
    ['an early end', JSON.stringify(coco()).slice(0, 150), /ends in the middle/],
    [
      'no picture that is there',
      coco({ images: [{ id: 1, file_name: 'elsewhere.png', width, height }] }),
      /No picture in .* is named/
    ]
  ])('with %s are refused whole, naming file, reason and next step', async (_, content, sentence) => {
    await expect(take({ 'images/a.png': gray(), 'x.json': content })).rejects.toMatchObject({
      name: 'AppError',
      kind: 'input',
      message: expect.stringMatching(sentence) as string,
      file: expect.any(String) as string,
      next: expect.any(String) as string
    })
  })

  test('bad cells are listed by their ids, and the good ones come in', async () => {
    const cell = { image_id: 1, category_id: 1, segmentation: [outline] }
    const { dataset, refused } = await take({
      'images/a.png': gray(),
      'x.json': coco({
        annotations: [
          { ...cell, id: 1 },
          { ...cell, id: 2, image_id: 99 },
          { ...cell, id: 3, category_id: 42 },
          { ...cell, id: 1 },
          { ...cell, id: 5, segmentation: [[100, 100, 120, 100, 120, 120]] },
          { ...cell, id: 6, segmentation: [[1, 1, 5, 5]] },
          { ...cell, id: 7, segmentation: { size: [5, 5], counts: [25] } },
          'nothing'
        ]
      })
    })
    expect(dataset.cells).toBe(1)
    expect(refused.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      'x.json: Annotation 2 belongs to the image 99, which the file does not have.',
      'x.json: Annotation 3 has the category 42, which the file does not have.',
      'x.json: Annotation 8 is not an annotation.',
      'x.json: Annotation 1 has the id of an earlier one.',
      'x.json: Annotation 5 lies outside its image.',
      'x.json: Annotation 6 has fewer than three points.',
      'x.json: Annotation 7 has runs for a picture of another size ([5,5] instead of [16, 20]).'
    ])
  })

  test('a thousand bad cells of a kind make twenty lines and a number', async () => {
    const annotations = Array.from({ length: 1000 }, (_, id) => ({
      id,
      image_id: 99,
      category_id: 1,
      segmentation: [outline]
    }))
    const good = { id: 5000, image_id: 1, category_id: 1, segmentation: [outline] }
    const { refused } = await take({ 'images/a.png': gray(), 'x.json': coco({ annotations: [...annotations, good] }) })
    expect(refused).toHaveLength(21)
    expect(refused.at(-1)?.reason).toMatch(/980 more cells of images that the file does not have/)
  })

  test('annotations keyed by id, ids that are text, missing sizes and another extension are taken', async () => {
    const { dataset, images } = await take({
      'images/a.png': gray(),
      'images/b.png': gray(),
      'x.json': {
        images: [{ id: 'one', file_name: 'sub\\a.tif' }],
        annotations: { 7: { id: 7, image_id: 'one', segmentation: [outline] } }
      }
    })
    expect(dataset).toMatchObject({ images: 2, annotated: 1, cells: 1 })
    expect(images[1]).toMatchObject({ file: 'b.png', annotated: false })
  })

  test('of two entries for a picture the fuller one is kept', async () => {
    const first = coco()
    const second = coco({
      images: [{ id: 5, file_name: 'a.png', width, height }],
      annotations: [1, 2, 3].map((id) => ({ id, image_id: 5, category_id: 1, segmentation: [outline] }))
    })
    const { dataset, warnings } = await take({
      'images/a.png': gray(),
      'annotations/1.json': first,
      'annotations/2.json': second
    })
    expect(dataset).toMatchObject({ images: 1, cells: 3 })
    expect(warnings.some(({ file, reason }) => file === 'a.png' && reason.includes('with 3 and with 1 cells'))).toBe(
      true
    )
  })

  test('names that lead out of the folder find nothing outside of it', async () => {
    const images = [
      { id: 1, file_name: 'a.png', width, height },
      { id: 2, file_name: '../../../../etc/hostname', width, height }
    ]
    const { refused, target } = await take({ 'images/a.png': gray(), 'x.json': coco({ images }) })
    expect(refused.map(({ file }) => file)).toEqual(['../../../../etc/hostname'])
    expect(await readdir(join(target, 'images'))).toEqual(['a.png'])
  })

  test('a picture of another size than its annotation is listed', async () => {
    const images = [
      { id: 1, file_name: 'a.png', width, height },
      { id: 2, file_name: 'b.png', width: 40, height: 32 }
    ]
    const annotations = [1, 2].map((n) => ({ id: n, image_id: n, category_id: 1, segmentation: [outline] }))
    const { dataset, refused } = await take({
      'images/a.png': gray(),
      'images/b.png': gray(),
      'x.json': coco({ images, annotations })
    })
    expect(dataset.images).toBe(1)
    expect(refused[0]?.reason).toMatch(/has 20×16 pixels, but its annotation is drawn on 40×32/)
  })
})

describe('folders with faults', () => {
  const labels = () =>
    encodeLabelPng16(
      Uint16Array.from({ length: width * height }, (_, i) => (i % 3 === 0 && i < 3 ? 300 : 0)),
      width,
      height
    )

  test('fifty good files come in and three broken ones are listed', async () => {
    const files: Files = {}
    for (let i = 0; i < 53; i++) {
      files[`images/${i}.png`] = gray(i)
      files[`labels/${i}.png`] = labels()
    }
    files['images/7.png'] = ''
    files['images/8.png'] = gray().subarray(0, 60)
    files['images/9.tif'] = tiffBytes({ width: 100_000, height: 100_000, data: Uint8Array.of(0) })
    delete files['images/9.png']
    const { dataset, refused } = await take(files)
    expect(dataset).toMatchObject({ images: 50, annotated: 50, cells: 50 })
    expect(refused.map(({ file }) => file)).toEqual(['7.png', '8.png', '9.tif'])
    expect(refused.map(({ reason }) => /empty|ends|100000×100000/.exec(reason)?.[0])).toEqual([
      'empty',
      'ends',
      '100000×100000'
    ])
  })

  test('label images that do not fit, have colours or belong to nothing are listed', async () => {
    const small = encodeLabelPng16(Uint16Array.of(1), 1, 1)
    const colours = encodeRgbPng(
      new Uint8Array(width * height * 3).map((_, i) => i % 5),
      width,
      height
    )
    const { dataset, refused } = await take({
      'images/a.png': gray(),
      'images/b.png': gray(),
      'images/c.png': gray(),
      'masks/a.png': labels(),
      'masks/b.png': small,
      'masks/c.png': colours,
      'masks/d.png': labels()
    })
    expect(dataset).toMatchObject({ images: 1, cells: 1 })
    const reasons = Object.fromEntries(refused.map(({ file, reason }) => [file, reason]))
    expect(reasons['b.png']).toMatch(/drawn on 1×1/)
    expect(reasons['c.png']).toMatch(/marks cells by colours/)
    expect(reasons['d.png']).toMatch(/No picture has the name/)
  })

  test('a mislabelled file is read by its content, with a warning', async () => {
    const { dataset, warnings } = await take({ 'images/a.tif': gray(), 'labels/a.png': labels() })
    expect(dataset.images).toBe(1)
    expect(warnings.some(({ reason }) => reason.includes('the content is PNG'))).toBe(true)
  })

  test('what systems and network stores leave in folders is no picture', async () => {
    const { dataset, images } = await take({
      'images/a.png': gray(),
      'labels/a.png': labels(),
      'images/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg': gray(),
      'images/@eaDir/b.png': gray(),
      'images/__MACOSX/._a.png': 'no picture',
      'images/#recycle/c.png': gray(),
      'images/Thumbs.db': 'no picture'
    })
    expect(dataset).toMatchObject({ images: 1, annotated: 1 })
    expect(images.map(({ file }) => file)).toEqual(['a.png'])
  })

  test('siblings as Cellpose names them are found, and its other files are no pictures', async () => {
    const { dataset, images } = await take({
      'x.png': gray(),
      'x_masks.png': labels(),
      'x_flows.tif': tiffBytes({ width: 1, height: 1, data: Uint8Array.of(0) }),
      'y.png': gray(),
      'y_cp_masks.png': labels()
    })
    expect(dataset).toMatchObject({ format: 'labels', images: 2, annotated: 2 })
    expect(images.map(({ file }) => file)).toEqual(['x.png', 'y.png'])
  })

  test('one image with its masks is taken for what it is, and so are pictures above a folder of labels', async () => {
    const sample = { 'images/7f3a.png': gray(), 'masks/01.png': gray(255), 'masks/02.png': gray(255) }
    expect((await take(sample)).dataset).toMatchObject({ format: 'masks', images: 1, cells: 2 })
    const above = { 'a.png': gray(), 'b.png': gray(), 'labels/a.png': labels() }
    expect((await take(above)).dataset).toMatchObject({ format: 'labels', images: 2, annotated: 1 })
  })

  test('parts that have pictures and label images of equal names keep their split, and pair within themselves', async () => {
    const { dataset, images, refused } = await take({
      'set/train/images/x.png': gray(),
      'set/train/images/y.png': gray(),
      'set/train/masks/y.png': labels(),
      'set/test/images/x.png': gray(),
      'set/test/masks/x.png': labels()
    })
    expect(dataset).toMatchObject({ format: 'labels', images: 3, annotated: 2 })
    expect(images.map(({ file, split, annotated }) => [file, split, annotated])).toEqual([
      ['set/test/x.png', 'test', true],
      ['set/train/x.png', 'train', false],
      ['set/train/y.png', 'train', true]
    ])
    expect(refused).toEqual([])
    const single = { 'a/images/1.png': gray(), 'a/masks/1.png': gray(), 'b/images/2.png': gray() }
    const cells = { 'b/masks/1.png': gray(), 'b/masks/2.png': gray() }
    expect((await take({ ...single, ...cells })).dataset).toMatchObject({ format: 'masks', images: 2, cells: 3 })
    expect((await take({ ...single, 'b/masks/2.png': gray() })).dataset.format).toBe('labels')
  })

  test('masks that are empty or of another size are listed, the others become cells', async () => {
    const mask = gray(255)
    const { dataset, refused } = await take({
      'set/one/images/one.png': gray(),
      'set/one/masks/1.png': mask,
      'set/one/masks/2.png': gray(0),
      'set/one/masks/3.png': encodeGrayPng8(Uint8Array.of(1), 1, 1),
      'set/one/masks/4.png': 'broken',
      'set/two/images/a.png': gray(),
      'set/two/images/b.png': gray(),
      'set/two/masks/1.png': mask
    })
    expect(dataset).toMatchObject({ format: 'masks', images: 1, cells: 1 })
    expect(refused.map(({ file }) => file)).toEqual(['set/two', '2.png', '3.png', '4.png'])
  })

  test.each([
    ['nothing', {}, /no annotated images in a known format/],
    ['pictures without annotation', { 'a.png': gray() }, /no annotated images in a known format/],
    [
      'labels without any picture of their name',
      { 'images/a.png': gray(), 'labels/b.png': labels() },
      /No picture in .* has a label image/
    ],
    [
      'nothing but broken files',
      { 'images/a.png': '', 'labels/a.png': labels() },
      /None of the pictures .* the file is empty/
    ]
  ])('with %s are refused whole', async (_, files, sentence) => {
    await expect(take(files)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(sentence) as string
    })
  })

  test('a source that is not there is refused', async () => {
    await expect(take({}, { source: '/nowhere/at/all' })).rejects.toThrow(/is not there/)
    await expect(take({ 'images/a.png': gray() }, { annotations: '/nowhere.json' })).rejects.toThrow(
      /nowhere\.json is not there/
    )
  })

  test('names that differ in case both come in, one of them renamed', async () => {
    const { images, warnings } = await take({
      'images/A.png': gray(),
      'images/a.png': gray(),
      'labels/A.png': labels(),
      'labels/a.png': labels()
    })
    expect(images.map(({ file }) => file)).toEqual(['A.png', 'a-2.png'])
    expect(warnings.some(({ reason }) => reason.includes('a-2.png'))).toBe(true)
  })

  test('stops when asked to', async () => {
    const target = await temporaryFolder()
    const source = await temporaryFolder()
    await mkdir(join(source, 'images'))
    await mkdir(join(source, 'labels'))
    for (const name of ['1.png', '2.png']) {
      await writeFile(join(source, 'images', name), gray())
      await writeFile(join(source, 'labels', name), labels())
    }
    const stop = new AbortController()
    const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '' }
    const request = ImportRequest.parse({ source, name: 'x' })
    const done: number[] = []
    const importing = importDataset(request, identity, target, {
      signal: stop.signal,
      onProgress: (n) => {
        done.push(n)
        stop.abort()
      }
    })
    await expect(importing).rejects.toMatchObject({ kind: 'stopped' })
    expect(done).toEqual([1])
  })
})
