import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { encodeCounts } from '../../../src/main/masks/rle-string.ts'
import { type RequestContext } from '../../../src/main/services/dispatch.ts'
import { scoreFiles } from '../../../src/main/scoring/score-files.ts'
import { dataPath, goldenPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const context: RequestContext = { signal: new AbortController().signal, progress: () => undefined }
let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function score(truth: unknown, predictions: unknown, convention: 'coco' | 'livecell' = 'coco') {
  const files = { truth: await write('truth.json', truth), predictions: await write('predictions.json', predictions) }
  return scoreFiles({ ...files, convention }, context)
}

/** A square as a polygon, [x, y, side]. */
const square = (x: number, y: number, side: number) => [[x, y, x + side, y, x + side, y + side, x, y + side]]
const image = { id: 7, width: 40, height: 30, file_name: 'plate/a.tif' }
const categories = [{ id: 3, name: 'cell' }]
const truth = {
  images: [image],
  categories,
  annotations: [
    { id: 0, image_id: 7, category_id: 3, segmentation: square(2, 2, 10) },
    { id: 1, image_id: 7, category_id: 3, segmentation: square(20, 10, 8), area: 64 }
  ]
}
const found = (x: number, y: number, side: number, more = {}) => ({
  image_id: 7,
  category_id: 3,
  score: 0.9,
  segmentation: square(x, y, side),
  ...more
})

describe.skipIf(!hasSharedData)(`real cells${withoutSharedData}`, () => {
  test.each(['strong', 'medium', 'weak'])('get the twelve numbers of pycocotools, %s detections', async (scenario) => {
    const golden = JSON.parse(await readFile(goldenPath('coco', 'coco-eval.json'), 'utf8')) as {
      results: Record<string, Record<string, Record<string, { stats: Record<string, number> }>>>
    }
    const parts = await Promise.all(
      ['test', 'val'].map(async (split) => {
        const file = dataPath('livecell-mini', 'annotations', 'LIVECell', `livecell_coco_${split}.json`)
        return JSON.parse(await readFile(file, 'utf8')) as typeof truth
      })
    )
    const both = {
      ...parts[0],
      images: parts.flatMap(({ images }) => images),
      annotations: parts.flatMap(({ annotations }) => annotations)
    }
    const files = {
      truth: await write('truth.json', both),
      predictions: goldenPath('coco', `predictions-${scenario}.json`)
    }
    for (const convention of ['coco', 'livecell'] as const) {
      const { stats, maxDetections, truths } = await scoreFiles({ ...files, convention }, context)
      expect(truths).toBe(3398)
      const { AR, ...others } = stats
      const named = Object.fromEntries(AR.map((value, i) => [`AR@${String(maxDetections[i])}`, value]))
      const expected = golden.results[scenario]?.[convention]?.['all']?.stats ?? {}
      expect({ ...others, ...named }).toEqual(
        Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 9)]))
      )
    }
  })
})

const few = 'These are the numbers of one image: with so few, they say little of others.'

test('warns of few images, and not of enough', async () => {
  const ids = [1, 2, 3, 4, 5]
  const annotations = ids.map((id) => ({ id, image_id: id, category_id: 3, segmentation: square(2, 2, 10) }))
  const images = ids.map((id) => ({ ...image, id, file_name: `${id}.png` }))
  const predictions = ids.map((id) => ({ ...found(2, 2, 10), image_id: id }))
  expect((await score({ images, categories, annotations }, predictions)).notes).toEqual([])
  expect((await score(truth, [])).notes).toContain(few)
})

test('takes an image that is listed for each of its cells once, and refuses two images of one number', async () => {
  const listed = { ...truth, images: [image, image] }
  expect((await score(listed, [])).images).toBe(1)
  const torn = { ...truth, images: [image, { ...image, file_name: 'b.png' }] }
  await expect(score(torn, [])).rejects.toThrow(/gives the number 7 to two images/)
})

test('counts cells found, missed and imagined', async () => {
  const { stats, microscopy, ...counts } = await score(truth, [found(2, 2, 10), found(30, 1, 5, { score: 0.1 })])
  expect(counts).toMatchObject({ images: 1, truths: 2, predictions: 2, notes: [few] })
  expect(stats.AP).toBeCloseTo(51 / 101, 12) // every recall up to one half, at every threshold
  expect(microscopy).toMatchObject({ TP: 1, FP: 1, FN: 1, AP50: 1 / 3, F1: 0.5, SQ: 1, PQ: 0.5, precision: 0.5 })
  expect(microscopy.AJI).toBeCloseTo(100 / (100 + 64 + 25), 12)
  expect(microscopy.meanOverImages.F1).toBe(0.5)
})

test('takes masks as polygons and as runs of either kind for the same', async () => {
  // A square of 3 × 3 at (1, 1) of a picture 5 wide and 6 high, down the columns.
  const small = { images: [{ ...image, width: 5, height: 6 }], categories, annotations: [] as unknown[] }
  const runs = [7, 3, 3, 3, 3, 3, 8]
  const forms = [square(1, 1, 3), { size: [6, 5], counts: runs }, { size: [6, 5], counts: encodeCounts(runs) }]
  for (const segmentation of forms) {
    small.annotations = [{ id: 1, image_id: 7, category_id: 3, segmentation }]
    for (const other of forms) {
      const { stats } = await score(small, [{ ...found(0, 0, 1), segmentation: other }])
      expect(stats.AP).toBeCloseTo(1, 12)
    }
  }
})

test('takes a COCO file as predictions, with images and categories of other numbers, and says that scores are missing', async () => {
  const predictions = {
    images: [{ ...image, id: 1, file_name: 'a.png' }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: { first: { id: 1, image_id: 1, category_id: 1, segmentation: square(2, 2, 10) } }
  }
  const { stats, notes } = await score(truth, predictions)
  expect(stats.AP50).toBeCloseTo(51 / 101, 12)
  expect(notes[0]).toContain('1 predictions have no score')
})

test('leaves crowd regions out, and what lies in them', async () => {
  const crowd = { id: 2, image_id: 7, category_id: 3, iscrowd: 1, segmentation: square(30, 0, 10) }
  const withCrowd = { ...truth, annotations: [...truth.annotations, crowd] }
  const inCrowd = [found(2, 2, 10), found(31, 1, 5), found(20, 10, 8)]
  const { stats, microscopy, notes } = await score(withCrowd, inCrowd)
  expect([stats.AP, microscopy.F1]).toEqual([expect.closeTo(1, 12), 1])
  expect(notes).toEqual([expect.stringContaining('1 true regions are crowds'), few])
})

test('takes the size of a prediction from its box by the rules of COCO, from its mask by those of LIVECell', async () => {
  const one = { ...truth, annotations: truth.annotations.slice(0, 1) }
  // The false one is small by its mask, and medium by its box: among small cells it is then neither right nor wrong.
  const predictions = [
    found(30, 20, 5, { bbox: [0, 0, 40, 30] }),
    found(2, 2, 10, { bbox: [2, 2, 10, 10], score: 0.5 })
  ]
  const coco = await score(one, predictions)
  expect([coco.stats.AP, coco.stats.APs]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(1, 12)])
  const livecell = await score(one, predictions, 'livecell')
  expect([livecell.stats.AP, livecell.stats.APs]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)])
})

test('says −1 where there is nothing to find, and 0 where nothing is found', async () => {
  expect((await score({ ...truth, annotations: [] }, [found(2, 2, 10)])).stats.AP).toBe(-1)
  expect((await score(truth, [])).stats.AP).toBe(0)
})

test.each([
  ['a truth that is a list', [], [], 'is a list of results'],
  ['a file without images', { annotations: [] }, [], 'has no "images"'],
  ['a file without annotations', { images: [image] }, [], 'has no "annotations"'],
  ['an image without a size', { ...truth, images: [{ id: 7 }] }, [], 'without its width and height'],
  ['an unknown image', truth, [found(1, 1, 4, { image_id: 8 })], 'belongs to the image 8, which'],
  ['an outline of half points', truth, [found(1, 1, 4, { segmentation: [[1, 2, 3]] })], 'not a list of x, y pairs'],
  ['no outline', truth, [found(1, 1, 4, { segmentation: null })], 'has no outline'],
  [
    'runs of another size',
    truth,
    [found(1, 1, 4, { segmentation: { size: [4, 4], counts: [16] } })],
    'another size: [4,4]'
  ],
  [
    'runs that do not fill the image',
    truth,
    [found(1, 1, 4, { segmentation: { size: [30, 40], counts: [9] } })],
    'covers 9 pixels'
  ],
  ['a score that is not a number', truth, [found(1, 1, 4, { score: 'high' })], 'a score that is not a number'],
  ['a score of null', truth, [found(1, 1, 4, { score: null })], 'a score that is not a number'],
  [
    'a score of NaN, as Python writes it,',
    truth,
    JSON.stringify([found(1, 1, 4)]).replace('0.9', 'NaN'),
    'entry 1 has a score that is not a number'
  ],
  ['no JSON', truth, '[{"image_id": 7,', 'the file ends in the middle']
])('refuses %s with a sentence', async (_, given, predictions, sentence) => {
  await expect(score(given, predictions)).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining(sentence) as string
  })
})
