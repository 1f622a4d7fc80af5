import { describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { rleFromPixels } from '../../../../src/main/masks/rle.ts'
import { encodeCounts } from '../../../../src/main/masks/rle-string.ts'
import { cellsOf, importFiles, type SourceFiles } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const gray = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)

/** A rectangle as a ring and as the runs of its pixels. */
function box(x: number, y: number, w = 4, h = 3) {
  const ring = [x, y, x + w, y, x + w, y + h, x, y + h]
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const [column, row] = [i % width, Math.floor(i / width)]
    return column >= x && column < x + w && row >= y && row < y + h ? 1 : 0
  })
  return { ring, counts: rleFromPixels(pixels, height, width).counts }
}
const [one, two, three] = [box(1, 1), box(8, 2), box(13, 10)]
const stored = (...boxes: { counts: Uint32Array }[]) => boxes.map(({ counts }) => encodeCounts(counts))

interface Cell {
  readonly id?: unknown
  readonly image_id?: unknown
  readonly segmentation: unknown
  readonly [more: string]: unknown
}

/** A COCO file of named pictures, numbered from 1, and of cells, all of picture 1 unless they say otherwise. */
function coco(names: readonly string[], cells: readonly Cell[]) {
  return {
    images: names.map((name, i) => ({ id: i + 1, file_name: name, width, height })),
    categories: [{ id: 1, name: 'cell' }],
    annotations: cells.map((cell, i) => ({ id: i + 1, image_id: 1, category_id: 1, ...cell }))
  }
}

const ring = ({ ring: points }: { ring: number[] }) => ({ segmentation: [points] })
const inOneA = (annotations: unknown): SourceFiles => ({ 'images/a.png': gray(), 'x.json': annotations as object })

async function countsOf(target: string, id = 1): Promise<string[]> {
  return (await cellsOf(target, id)).map(({ counts }) => counts)
}

/** What came in: for each picture its name and its cells. */
async function contents({ images, target }: Awaited<ReturnType<typeof importFiles>>) {
  const entries = images.map(async ({ id, file }) => [file, await countsOf(target, id)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

describe('crowds of a COCO file', () => {
  const runs = ({ counts }: { counts: Uint32Array }) => ({ size: [height, width], counts: [...counts] })
  const crowd = (boxed: { counts: Uint32Array }) => ({ segmentation: runs(boxed), iscrowd: 1 })
  const scattered = Uint8Array.from({ length: width * height }, (_, i) => (i % 4 === 0 && i % 40 < 20 ? 1 : 0))

  test('are cells where a picture has nothing else and they are of one piece, with a warning', async () => {
    const pieces = { counts: rleFromPixels(scattered, height, width).counts }
    const { target, warnings } = await importFiles(inOneA(coco(['a.png'], [crowd(one), crowd(two), crowd(pieces)])))
    const cells = await cellsOf(target, 1)
    expect(cells.map(({ counts, isCrowd }) => [counts, isCrowd])).toEqual([
      [...stored(one), undefined],
      [...stored(two), undefined],
      [...stored(pieces), true]
    ])
    expect(warnings.map(({ reason }) => reason)).toContain(
      'All its 3 annotations are marked as crowds (iscrowd 1), as brush tools do it: 2 of one piece were taken as cells; 1 of several pieces stay crowds, which are neither trained on nor scored.'
    )
  })

  test('stay crowds beside cells, and their number is said', async () => {
    const { target, warnings } = await importFiles(inOneA(coco(['a.png'], [ring(one), crowd(two)])))
    expect((await cellsOf(target, 1)).map(({ isCrowd }) => isCrowd)).toEqual([undefined, true])
    expect(warnings.some(({ reason }) => reason.startsWith('1 of its 2 annotations are crowds'))).toBe(true)
  })
})

describe('outlines of a COCO file', () => {
  test.each<[how: string, write: (box: typeof one) => unknown]>([
    ['as texts of JSON', ({ ring: points }) => JSON.stringify([points])],
    ['as numbers in texts', ({ ring: points }) => [points.map(String)]],
    ['as points with names', ({ ring: p }) => [[0, 2, 4, 6].map((i) => ({ x: p[i], y: p[i + 1] }))]],
    ['as runs in a list', ({ counts }) => [{ size: [height, width], counts: [...counts] }]],
    ['as runs without a size', ({ counts }) => ({ counts: encodeCounts(counts) })],
    ['as runs in a text', ({ counts }) => ({ size: [height, width], counts: [...counts].join(' ') })]
  ])('%s are read', async (_, write) => {
    const { target } = await importFiles(inOneA(coco(['a.png'], [{ segmentation: write(one) }])))
    expect(await countsOf(target)).toEqual(stored(one))
  })

  const pairs = ({ ring: points }: { ring: number[] }) =>
    points.flatMap((x, i) => (i % 2 === 0 ? [[x, points[i + 1] ?? 0]] : []))

  test.each([
    ['one flat list', one.ring],
    ['a list too deep', [[one.ring]]],
    ['lists of pairs', pairs(one)],
    ['rings of pairs', [pairs(one)]],
    ['rings of pairs, a list too deep', [[pairs(one)]]]
  ])('as %s are the same pixels', async (_, segmentation) => {
    const { target } = await importFiles(inOneA(coco(['a.png'], [{ segmentation }, ring(two)])))
    expect(await countsOf(target)).toEqual(stored(one, two))
  })

  test('all in shares of width and height are taken as such, with a warning', async () => {
    const shares = (boxed: { ring: number[] }) => ({
      segmentation: [boxed.ring.map((value, i) => value / (i % 2 === 0 ? width : height))]
    })
    const { target, warnings } = await importFiles(inOneA(coco(['a.png'], [shares(one), shares(two)])))
    expect(await countsOf(target)).toEqual(stored(one, two))
    expect(warnings.some(({ reason }) => reason.includes('shares of the picture'))).toBe(true)
  })

  test('of one small cell beside others in pixels are pixels', async () => {
    const small = { segmentation: [[0.1, 0.1, 1, 0.1, 1, 1, 0.1, 1]] }
    const { target, warnings } = await importFiles(inOneA(coco(['a.png'], [small, ring(two)])))
    expect(await countsOf(target)).toEqual(stored(box(0, 0, 1, 1), two))
    expect(warnings.some(({ reason }) => reason.includes('shares'))).toBe(false)
  })

  test('with NaN or Infinity cost their own annotation; measurements with them cost nothing', async () => {
    const text = JSON.stringify(
      coco(['a.png'], [{ ...ring(one), area: 'AREA' }, { segmentation: [['X', 1, 5, 1, 5, 5]] }, ring(two)])
    )
    const { target, refused } = await importFiles(inOneA(text.replace('"AREA"', 'NaN').replace('"X"', '-Infinity')))
    expect(await countsOf(target)).toEqual(stored(one, two))
    expect(refused.map(({ reason }) => reason)).toEqual([
      'Annotation 2 has an outline that is not a list of x, y pairs.'
    ])
  })
})

describe('ids of a COCO file', () => {
  test('beyond 53 bits are told apart', async () => {
    const text = JSON.stringify(coco(['a.png', 'b.png'], [ring(one), { ...ring(two), image_id: 2 }]))
      .replaceAll(/"(id|image_id)":([12])([,}])/g, '"$1": 900719925474099300$2$3')
      .replace('"categories":[{"id": 9007199254740993001', '"categories":[{"id":1')
    expect(text).toContain('"image_id": 9007199254740993002')
    const taken = await importFiles({ 'images/a.png': gray(), 'images/b.png': gray(), 'x.json': text })
    expect(await contents(taken)).toEqual({ 'a.png': stored(one), 'b.png': stored(two) })
  })

  test('that begin anew with each picture, are texts, or are missing lose no cell', async () => {
    const taken = await importFiles({
      'images/a.png': gray(),
      'images/b.png': gray(),
      'x.json': coco(
        ['a.png', 'b.png'],
        [
          { ...ring(one), id: 2 },
          { ...ring(two), id: 'x' },
          { ...ring(three), id: null },
          { ...ring(three), id: 2, image_id: '2' }
        ]
      )
    })
    expect(await contents(taken)).toEqual({ 'a.png': stored(one, two, three), 'b.png': stored(three) })
    const ids = (await cellsOf(taken.target, 1)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(taken.refused).toEqual([])
  })

  test('that two cells of a picture share are no reason to lose one, and are said', async () => {
    const { target, warnings } = await importFiles(
      inOneA(
        coco(
          ['a.png'],
          [ring(one), ring(two)].map((cell) => ({ ...cell, id: 7 }))
        )
      )
    )
    expect(await countsOf(target)).toEqual(stored(one, two))
    expect(warnings.some(({ reason }) => reason.startsWith('1 of its cells have the id of another'))).toBe(true)
  })

  test('that two pictures share give neither its cells', async () => {
    const file = coco(['a.png', 'b.png', 'c.png'], [ring(one), { ...ring(two), image_id: 3 }])
    const images = file.images.map((image) => ({ ...image, id: image.id === 2 ? 1 : image.id }))
    const taken = await importFiles({
      'images/a.png': gray(),
      'images/b.png': gray(),
      'images/c.png': gray(),
      'x.json': { ...file, images }
    })
    expect(await contents(taken)).toEqual({ 'a.png': [], 'b.png': [], 'c.png': stored(two) })
    expect(taken.refused.map(({ file: name }) => name)).toEqual(['a.png', 'b.png'])
  })
})

describe('several entries of a COCO file for one picture', () => {
  test('give all their cells, and those that lie on others once', async () => {
    const cells = [ring(one), { ...ring(two), image_id: 2 }, { ...ring(three), image_id: 3 }]
    const { target, images, warnings } = await importFiles(inOneA(coco(['a.png', 'a.png', 'a.png'], cells)))
    expect(await countsOf(target)).toEqual(stored(one, two, three))
    expect(images).toMatchObject([{ cells: 3 }])
    expect(warnings.some(({ reason }) => reason.startsWith('3 entries are about it: their 3 cells'))).toBe(true)
  })

  test('that mark the same cells again are one annotation, and what was left out is said', async () => {
    const again = box(1, 2)
    const cells = [ring(one), ring(two), { ...ring(again), image_id: 2 }]
    const { target, warnings } = await importFiles(inOneA(coco(['a.png', 'a.png'], cells)))
    expect(await countsOf(target)).toEqual(stored(one, two))
    expect(warnings.some(({ reason }) => /with 2 and with 1 cells.*left out/.test(reason))).toBe(true)
  })
})

describe('names in a COCO file', () => {
  test.each([
    ['with percent codes', 'images/Plate%203%20well%20%23B2%2B.png', 'Plate 3 well #B2+.png'],
    ['with a percent sign that is one', '50%.png', '50%.png'],
    ['composed, where the file is decomposed', 'Zürich.png'.normalize('NFC'), 'Zürich.png'.normalize('NFD')],
    ['in other capitals', 'DAY1.PNG', 'day1.png'],
    ['without an ending', 'well.1', 'well.1.png'],
    ['with the ending twice', 'a.png.png', 'a.png'],
    ['as an address', 'https://example.org/data/a.png?size=1', 'a.png'],
    ['as a path of another computer', 'C:\\Users\\x\\images\\a.png', 'a.png']
  ])('find their picture %s', async (_, name, file) => {
    const { target, images } = await importFiles({ [`images/${file}`]: gray(), 'x.json': coco([name], [ring(one)]) })
    expect(images).toHaveLength(1)
    expect(await countsOf(target)).toEqual(stored(one))
  })

  test('with a folder never mean the picture of another', async () => {
    const cells = [ring(one), { ...ring(two), image_id: 2 }]
    const taken = await importFiles({
      'images/day1/1.png': gray(),
      'x.json': coco(['day1/1.png', 'day2/1.png'], cells)
    })
    expect(await contents(taken)).toEqual({ '1.png': stored(one) })
    expect(taken.refused).toEqual([{ file: 'day2/1.png', reason: 'x.json names it, but there is no such picture.' }])
  })

  test.each([
    ['has percent codes on the disk alone', 'Plate 3 #1.png', 'Plate%203%20%231.png'],
    ['is coded twice', 'Plate%25203.png', 'Plate 3.png'],
    ['has plus signs for blanks', 'Plate+3.png', 'Plate 3.png'],
    ['has the digits of an upload', '/data/upload/3/8f3c2d1e-a.png', 'a.png'],
    ['has blanks around it', ' a.png ', 'a.png'],
    ['has its folders in the name of the picture', 'day1/0001.png', 'day1_0001.png']
  ])('that %s finds its picture', async (_, given, onDisk) => {
    const taken = await importFiles({
      [`images/${onDisk}`]: gray(),
      'images/other.png': gray(),
      'x.json': coco([given], [ring(one)])
    })
    expect(await contents(taken)).toEqual({ [onDisk]: stored(one), 'other.png': [] })
  })

  test('in the letters of Windows in Europe find their pictures', async () => {
    const latin = Buffer.from(JSON.stringify(coco(['Zürich.png'], [ring(one)])), 'latin1')
    expect(await contents(await importFiles({ 'images/Zürich.png': gray(), 'x.json': latin }))).toEqual({
      'Zürich.png': stored(one)
    })
  })

  test('of two folders, where pictures lie in none, leave open which is meant', async () => {
    const cells = [ring(one), { ...ring(two), image_id: 2 }, { ...ring(three), image_id: 3 }]
    const taken = await importFiles({
      'images/1.png': gray(),
      'images/2.png': gray(),
      'x.json': coco(['day1/1.png', 'day2/1.png', 'day1/2.png'], cells)
    })
    expect(await contents(taken)).toEqual({ '1.png': [], '2.png': stored(three) })
    expect(taken.refused.map(({ file }) => file)).toEqual(['day1/1.png', 'day2/1.png'])
  })

  test('that two pictures have are refused with what to do', async () => {
    const source = {
      'images/job1/f.png': gray(),
      'images/job2/f.png': gray(),
      'x.json': coco(['f.png', 'f.png'], [ring(one), { ...ring(two), image_id: 2 }])
    }
    await expect(importFiles(source)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/name f\.png, and several pictures in .* have that name/) as string,
      next: expect.stringContaining('folder') as string
    })
  })

  test('find pictures beside the file where a folder of images has others', async () => {
    const taken = await importFiles({
      'images/b.png': gray(),
      'sets/x.json': coco(['a.png'], [ring(one)]),
      'sets/a.png': gray()
    })
    expect(await contents(taken)).toEqual({ 'a.png': stored(one), 'b.png': [] })
  })
})

describe('splits of COCO files', () => {
  test('are those of the folders that files and pictures lie in', async () => {
    const files: SourceFiles = {}
    for (const [folder, boxed] of [
      ['train', one],
      ['valid', two],
      ['test', three]
    ] as const) {
      files[`${folder}/a.png`] = gray()
      files[`${folder}/_annotations.coco.json`] = coco(['a.png'], [ring(boxed)])
    }
    const taken = await importFiles(files)
    expect(taken.images.map(({ split }) => split)).toEqual(['test', 'train', 'validation'])
    expect(await contents(taken)).toEqual({
      'test/a.png': stored(three),
      'train/a.png': stored(one),
      'valid/a.png': stored(two)
    })
  })

  test('tell pictures of one name apart', async () => {
    const taken = await importFiles({
      'images/Train/f.png': gray(),
      'images/Validation/f.png': gray(),
      'annotations/instances_Train.json': coco(['f.png'], [ring(one)]),
      'annotations/instances_Validation.json': coco(['f.png'], [ring(two)])
    })
    expect(taken.images.map(({ split }) => split)).toEqual(['train', 'validation'])
    expect(await contents(taken)).toEqual({ 'Train/f.png': stored(one), 'Validation/f.png': stored(two) })
  })
})

test('a COCO file in UTF-16 is named as that, with the way out', async () => {
  const utf16 = Buffer.from(`\uFEFF${JSON.stringify(coco(['a.png'], [ring(one)]))}`, 'utf16le')
  await expect(importFiles({ 'images/a.png': gray(), 'x.json': utf16 })).rejects.toMatchObject({
    message: expect.stringContaining('UTF-16') as string,
    next: expect.stringContaining('UTF-8') as string
  })
})
