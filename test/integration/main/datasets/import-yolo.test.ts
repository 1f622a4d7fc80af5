import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { parseClassNames } from '../../../../src/main/datasets/formats/yolo-names.ts'
import { cellsOf, importFiles, type SourceFiles, take, writeSource } from '../../../support/taken-source.ts'

const gray = () => encodeGrayPng8(new Uint8Array(20 * 16).fill(90), 20, 16)
const outline = '0.1 0.1 0.4 0.1 0.4 0.4 0.1 0.4'
const cell = `1 ${outline}\n`
const set = (files: SourceFiles): SourceFiles => ({ 'images/a.png': gray(), 'labels/a.txt': cell, ...files })
const classOf = async (files: SourceFiles) => (await importFiles(set(files))).images[0]?.class

test.each([
  ['a flow list', 'names: [debris, cell]'],
  ['a flow map', 'names: {0: debris, 1: cell}'],
  ['a flow map with quoted keys', 'nc: 2\nnames: {"0": "debris", "1": "cell"}'],
  ['a flow list over several lines', "names: ['debris, dead',\n  'cell']"],
  ['a block list behind a byte order mark', '\uFEFFnames:\r\n- debris\r\n- cell\r\n'],
  ['a block map with comments', 'names:\n  0: debris # dead\n  1: cell # live\n'],
  ['JSON', '{"train": "images", "names": ["debris", "cell"]}'],
  ['a folded text', 'names:\n  - debris\n  - >-\n    cell\n']
])('names of classes are read from %s', (_, yaml) => {
  expect(parseClassNames(yaml)).toEqual(
    new Map([
      [0, yaml.includes("dead'") ? 'debris, dead' : 'debris'],
      [1, 'cell']
    ])
  )
})

test('names of classes come from a YAML file of any name, or a list of names', async () => {
  expect(await classOf({ 'cells-seg.yml': 'names: [debris, cell]' })).toBe('cell')
  expect(
    await classOf({ 'a-sweep.yaml': 'lr: 1', 'z/data.yaml': 'names: [x, y]', 'set.yaml': 'names: [d, cell]' })
  ).toBe('cell')
  for (const list of ['classes.txt', 'labels.txt', 'obj.names', 'labels/classes.txt'])
    expect(await classOf({ [list]: 'debris\r\ncell\r\n' })).toBe('cell')
})

test('a list of names, what Roboflow says of a set and lists of pictures are not missed pictures', async () => {
  const taken = await importFiles(
    set({ 'classes.txt': 'debris\ncell\n', 'README.roboflow.txt': 'x', 'train.txt': 'images/a.png' })
  )
  expect(taken.refused).toEqual([])
})

test('notes in JSON beside them do not make a set COCO', async () => {
  const taken = await importFiles(set({ 'notes.json': { categories: [{ id: 1, name: 'cell' }], info: {} } }))
  expect(taken.dataset).toMatchObject({ format: 'yolo', cells: 1 })
})

test('a YAML file itself can be the source', async () => {
  const source = await writeSource(set({ 'data.yaml': 'names: [debris, cell]' }))
  const { dataset, images } = await take(join(source, 'data.yaml'))
  expect(dataset).toMatchObject({ format: 'yolo', cells: 1 })
  expect(images[0]?.class).toBe('cell')
})

test('where no file gives names, classes go by their numbers, and this is said', async () => {
  const taken = await importFiles(set({}))
  expect(taken.images[0]?.class).toBe('class 1')
  expect(
    taken.warnings.some(({ reason }) => reason.startsWith('No file that can be read gives the names of the classes'))
  ).toBe(true)
})

test('text beside pictures is told by its numbers; other text is not', async () => {
  const taken = await importFiles({ 'a.png': gray(), 'a.txt': cell, 'b.png': gray() })
  expect(taken.dataset).toMatchObject({ format: 'yolo', images: 2, annotated: 1, cells: 1 })
  await expect(importFiles({ 'a.png': gray(), 'a.txt': '20 nice cells' })).rejects.toThrow('no annotated images')
})

test('confidences behind outlines are left out with a warning, and boxes with confidences are boxes', async () => {
  const taken = await importFiles(set({ 'labels/a.txt': `0 ${outline} 0.87\n0 ${outline} 1\n` }))
  expect(taken.dataset.cells).toBe(2)
  expect(taken.warnings.some(({ reason }) => reason.includes('confidence'))).toBe(true)
  const boxes = importFiles(set({ 'labels/a.txt': '0 0.5 0.5 0.1 0.1 0.87\n' }))
  await expect(boxes).rejects.toThrow('contains boxes')
  const odd = await importFiles(set({ 'labels/a.txt': `0 ${outline} 0.87\n0 ${outline} 7\n` }))
  expect(odd.dataset.cells).toBe(0)
  expect(odd.refused.map(({ reason }) => reason)).toEqual(
    [1, 2].map((line) => `Line ${line} has an odd number of coordinates, not x, y pairs.`)
  )
})

test('several classes in one picture are said', async () => {
  const taken = await importFiles(
    set({ 'labels/a.txt': `1 ${outline}\n0 ${outline}\n`, 'data.yaml': 'names: [live, dead]' })
  )
  expect(taken.warnings.some(({ reason }) => reason.startsWith('1 pictures have cells of several categories'))).toBe(
    true
  )
})

test.each([
  ['deep in brackets', `names: ${'['.repeat(50_000)}`],
  ['deep in dashes', '- '.repeat(50_000)],
  ['deep in questions', `a: ${'? '.repeat(50_000)}`],
  ['deep in columns', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['of names that multiply', `a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]`],
  ['of a megabyte', `names: [${'a,'.repeat(500_000)}]`],
  ['cut', 'names: ["a']
])('a YAML file %s names nothing, and takes neither the set nor the time', async (_, yaml) => {
  const begin = performance.now()
  const taken = await importFiles(set({ 'data.yaml': yaml }))
  expect(taken.dataset.cells).toBe(1)
  expect(taken.images[0]?.class).toBe('class 1')
  expect(performance.now() - begin).toBeLessThan(8000)
})

test('classes may be called by their names, and numbers parted by commas', async () => {
  expect((await importFiles(set({ 'labels/a.txt': `cell ${outline}\n` }))).images[0]?.class).toBe('cell')
  const commas = `1,${outline.replaceAll(' ', ',')}\n`
  expect((await importFiles(set({ 'labels/a.txt': commas, 'data.yaml': 'names: [d, cell]' }))).dataset.cells).toBe(1)
})

test('confidences of some lines, and numbers of tracks behind them, are left out with a warning', async () => {
  const said = async (text: string) => {
    const { target, warnings, dataset } = await importFiles(set({ 'labels/a.txt': text }))
    const cells = await cellsOf(target, 1)
    expect(new Set(cells.map(({ counts }) => counts)).size).toBe(1)
    return [dataset.cells, warnings.some(({ reason }) => reason.includes('what a prediction says'))]
  }
  const tall = `${outline} 0.1 0.2`
  expect(await said(`0 ${tall}\n0 ${tall} 0.9\n`)).toEqual([2, true])
  expect(await said(`0 ${tall} 0.9 1\n0 ${tall} 0.8 2\n`)).toEqual([2, true])
})

test('outlines of four corners alone are said to be perhaps turned boxes', async () => {
  const { warnings } = await importFiles(set({}))
  expect(warnings.some(({ reason }) => reason.includes('they may be turned boxes'))).toBe(true)
})

test('names that are missing leave the others, one name is a list of one, and names may stand elsewhere', () => {
  expect(parseClassNames('names: [~, cell]')).toEqual(new Map([[1, 'cell']]))
  expect(parseClassNames('names: cell')).toEqual(new Map([[0, 'cell']]))
  expect(parseClassNames('all: &all [cell]\nnames: *all')).toEqual(new Map([[0, 'cell']]))
})

describe('the split that a set names beside its pictures', () => {
  const splits = async (files: SourceFiles) => (await importFiles(files)).images.map(({ split }) => split)
  const pair = (folder: string, name: string): SourceFiles => ({
    [`images/${folder}${name}.png`]: gray(),
    [`labels/${folder}${name}.txt`]: cell
  })

  test('is that of its lists of pictures', async () => {
    const lists = { 'train.txt': './images/a.png\n', 'val.txt': 'C:\\data\\images\\b.png\r\n' }
    expect(await splits({ ...pair('', 'a'), ...pair('', 'b'), ...pair('', 'c'), ...lists })).toEqual([
      'train',
      'validation',
      undefined
    ])
  })

  test('is that of the folders in data.yaml, where each picture lies in one of them', async () => {
    const files = { ...pair('one/', 'a'), ...pair('two/', 'b') }
    expect(await splits({ ...files, 'data.yaml': 'train: ../images/one\nval: [images/two]\n' })).toEqual([
      'train',
      'validation'
    ])
    expect(await splits({ ...files, 'data.yaml': 'train: images\nval: images\n' })).toEqual([undefined, undefined])
  })

  test('is none where a list names other pictures', async () => {
    expect(await splits({ ...pair('', 'a'), 'train.txt': 'x.png\ny.png\na.png\n' })).toEqual([undefined])
  })

  test('is found beside label images too', async () => {
    const files = { 'images/a.tif': gray(), 'masks/a.png': gray(), 'metadata/training.txt': 'a.png\n' }
    expect(await splits(files)).toEqual(['train'])
  })
})
