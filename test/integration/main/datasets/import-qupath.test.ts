import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const gray = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)
const square = [2, 2, 8, 2, 8, 8, 2, 8]
const hole = [3, 3, 5, 3, 5, 5, 3, 5]
const [small, smaller] = [
  [10, 2, 13, 2, 13, 5, 10, 5],
  [10, 8, 12, 8, 12, 10, 10, 10]
]
const everything = [0, 0, 20, 0, 20, 16, 0, 16]

async function areas({ target }: { target: string }): Promise<number[]> {
  return (await cellsOf(target, 1)).map(({ counts }) => rleArea(rleFromString(counts, height, width)))
}

function ring(points: readonly number[]): number[][] {
  const pairs = Array.from({ length: points.length / 2 }, (_, i) => points.slice(2 * i, 2 * i + 2))
  return [...pairs, ...pairs.slice(0, 1)]
}

const polygon = (...rings: readonly (readonly number[])[]) => ({ type: 'Polygon', coordinates: rings.map(ring) })

function feature(geometry: object | null, properties: object = { objectType: 'detection' }, more: object = {}) {
  return { type: 'Feature', geometry, properties, ...more }
}

const importGeojson = (
  content: object,
  options: Parameters<typeof importFiles>[1] = {},
  picture: Uint8Array = gray()
) => importFiles({ 'a.png': picture, 'a.geojson': content }, options)

const warned = ({ warnings }: Awaited<ReturnType<typeof importFiles>>, words: string) =>
  warnings.some(({ reason }) => reason.includes(words))

test('cells have holes and several parts; regions around them are left out', async () => {
  const taken = await importGeojson({
    type: 'FeatureCollection',
    features: [
      feature(polygon(everything), { objectType: 'annotation' }),
      feature(polygon(square, hole), { objectType: 'cell', classification: { name: 'Tumor' } }),
      feature({ type: 'MultiPolygon', coordinates: [[ring(square)], [ring([10, 10, 12, 10, 12, 12, 10, 12])]] }),
      feature({ type: 'Point', coordinates: [3, 3] })
    ]
  })
  expect(taken.dataset).toMatchObject({ format: 'qupath', cells: 2 })
  expect(taken.images[0]?.class).toBe('Tumor')
  expect(await areas(taken)).toEqual([36 - 4, 36 + 4])
  expect(taken.refused[0]?.reason).toBe('Object 4 is drawn as Point, and only areas are cells.')
  expect(warned(taken, '1 annotated regions')).toBe(true)
})

test('nuclei come instead of cells, where they are asked for; lists and gzip are read too', async () => {
  const cell = feature(polygon(square), { objectType: 'cell' }, { nucleusGeometry: polygon(hole) })
  const files = { 'a.tif.png': gray(), 'a.tif.geojson.gz': gzipSync(JSON.stringify([cell])) }
  expect(await areas(await importFiles(files))).toEqual([36])
  expect(await areas(await importFiles(files, { objects: 'nuclei' }))).toEqual([4])
})

test.each([
  ['"id", as QuPath 0.2 writes it', (kind: string) => [{}, { id: `Path${kind}Object` }] as const],
  ['"object_type"', (kind: string) => [{ object_type: kind.toLowerCase() }, {}] as const],
  ['"type"', (kind: string) => [{ type: kind.toLowerCase() }, {}] as const]
])('the kind of an object is read from %s', async (_, kindOf) => {
  const object = (kind: string, points: number[]) => feature(polygon(points), ...kindOf(kind))
  const taken = await importGeojson([
    object('Annotation', everything),
    object('Tile', [0, 0, 10, 0, 10, 10, 0, 10]),
    object('Cell', square),
    object('Detection', small)
  ])
  expect(await areas(taken)).toEqual([36, 9])
  expect(warned(taken, '1 annotated regions')).toBe(true)
  expect(warned(taken, '1 of its objects are tiles or TMA cores')).toBe(true)
})

test('TMA cores and the root are no cells, in any spelling', async () => {
  const taken = await importGeojson([
    feature(null, {}, { id: 'PathRootObject' }),
    feature(polygon(everything), { objectType: 'tmaCore' }),
    feature(polygon(everything), { objectType: 'tma_core' }),
    feature(polygon(everything), {}, { id: 'TMACoreObject' }),
    feature(polygon(square), { objectType: 'annotation' })
  ])
  expect(await areas(taken)).toEqual([36])
  expect(taken.refused).toEqual([])
})

test('objects inside others are found, and detections inside cells are parts of them', async () => {
  const cell = (more: object) => feature(polygon(square), { objectType: 'cell', ...more })
  const spot = feature(polygon(hole))
  const other = feature(polygon(small), { objectType: 'detection' })
  for (const name of ['childObjects', 'children']) {
    const region = feature(polygon(everything), { objectType: 'annotation', [name]: [cell({ [name]: [spot] }), other] })
    const taken = await importGeojson({ type: 'FeatureCollection', features: [region] })
    expect(await areas(taken)).toEqual([36, 9])
    expect(warned(taken, '1 detections inside its cells')).toBe(true)
  }
})

test('objects that lie a thousand deep in one another are refused', async () => {
  let deep = feature(polygon(square))
  for (let i = 0; i < 1000; i++) deep = feature(polygon(square), { children: [deep] })
  await expect(importGeojson([deep])).rejects.toThrow('too deep in one another')
})

test('a derived class has the names of its parts', async () => {
  const taken = await importGeojson([feature(polygon(square), { classification: { names: ['CD3', 'CD8'] } })])
  expect(taken.images[0]?.class).toBe('CD3: CD8')
})

test('a picture with several classes goes by most of its cells, and this is said', async () => {
  const cell = (points: number[], name: string) => feature(polygon(points), { classification: { name } })
  const taken = await importGeojson([cell(square, 'Tumor'), cell(small, 'Tumor'), cell(smaller, 'Immune')])
  expect(taken.images[0]?.class).toBe('Tumor')
  expect(warned(taken, '1 pictures have cells of several categories')).toBe(true)
})

test('among annotations, those of a class with an asterisk and those around others are regions', async () => {
  const cells = [square, small, smaller].map((points) => feature(polygon(points), { objectType: 'annotation' }))
  const marked = { objectType: 'annotation', classification: { name: 'Region*' } }
  const starred = await importGeojson([feature(polygon(square), marked), ...cells])
  expect(await areas(starred)).toEqual([36, 9, 4])
  expect(warned(starred, '1 annotated regions')).toBe(true)

  const around = await importGeojson([feature(polygon(everything), { objectType: 'annotation' }), ...cells])
  expect(await areas(around)).toEqual([36, 9, 4])
  expect(warned(around, '1 of its annotations enclose others')).toBe(true)
})

test('a nucleus drawn inside a cell makes no region of the cell', async () => {
  const drawn = [square, hole, small].map((points) => feature(polygon(points), { objectType: 'annotation' }))
  expect(await areas(await importGeojson(drawn))).toEqual([36, 4, 9])
})

const stack = tiffBytes({
  width,
  height,
  data: new Uint8Array(width * height),
  pages: 2,
  description: 'ImageJ=1.53\nimages=2\nslices=2\n'
})
const onPlane = (points: number[], z: number) => feature({ ...polygon(points), plane: { c: -1, z, t: 0 } })

test('of a stack, the objects on the chosen depth are taken; those without a plane are on the first', async () => {
  const objects = [feature(polygon(square)), onPlane(small, 1), onPlane(smaller, 1)]
  const files = { 'a.tif': stack, 'a.geojson': objects }
  const second = await importFiles(files, { planes: { z: 2 } })
  expect(await areas(second)).toEqual([9, 4])
  expect(warned(second, '1 of its 3 outlines are on other planes')).toBe(true)
  expect(await areas(await importFiles(files, { planes: { z: 1 } }))).toEqual([36])
})

test('a picture whose objects are all on other depths comes in without annotation, not without cells', async () => {
  const taken = await importFiles({ 'a.tif': stack, 'a.geojson': [onPlane(small, 1)] }, { planes: { z: 1 } })
  expect(taken.images[0]).toMatchObject({ annotated: false, cells: 0 })
  expect(warned(taken, '1 of its 1 outlines are on other planes')).toBe(true)
})

test('objects of several planes beside a picture of one are taken with a warning', async () => {
  const taken = await importGeojson([onPlane(square, 0), onPlane(small, 3)])
  expect(await areas(taken)).toEqual([36, 9])
  expect(warned(taken, 'drawn on 2 planes')).toBe(true)
})

test('objects of the full resolution beside a reduced picture are refused, and none lands in a wrong place', async () => {
  const doubled = [square, small, smaller, [22, 20, 30, 20, 30, 28, 22, 28], [30, 4, 36, 4, 36, 9]]
  await expect(importGeojson(doubled.map((points) => feature(polygon(points))))).rejects.toThrow(
    '2 of 5 outlines reach beyond their picture of 20×16 pixels, so they were drawn on a larger one'
  )
})

test('tiles alone leave a picture without annotation, and this is said', async () => {
  const tiles = [square, small].map((points) => feature(polygon(points), { objectType: 'tile' }))
  const taken = await importGeojson({ type: 'FeatureCollection', features: tiles })
  expect(taken.images[0]?.annotated).toBe(false)
  expect(warned(taken, '2 of its objects are tiles or TMA cores')).toBe(true)
})

test('one outline in another alone leaves open which is the cell, and this is said', async () => {
  const features = [everything, small].map((points) => feature(polygon(points), { objectType: 'annotation' }))
  const taken = await importGeojson({ type: 'FeatureCollection', features })
  expect(await areas(taken)).toEqual([320, 9])
  expect(warned(taken, 'One of its two annotations lies in the other')).toBe(true)
})

test('objects in lines of their own, and geometries without objects around them, are read', async () => {
  const lines = [square, small].map((points) => JSON.stringify(feature(polygon(points)))).join('\n')
  expect(await areas(await importFiles({ 'a.png': gray(), 'a.geojson': lines }))).toEqual([36, 9])
  const collection = { type: 'GeometryCollection', geometries: [polygon(square), polygon(small)] }
  expect(await areas(await importGeojson(collection))).toEqual([36, 9])
  const parts = { type: 'MultiPolygon', coordinates: [[ring(square)], [ring(small)]] }
  expect(await areas(await importGeojson(parts))).toEqual([36, 9])
})

test('an object of many parts is one cell, and points that are no numbers cost their own object; both are said', async () => {
  const parts = { type: 'MultiPolygon', coordinates: [[ring(square)], [ring(small)], [ring(smaller)]] }
  const broken = {
    type: 'Polygon',
    coordinates: [
      [
        [null, 1],
        [2, 2],
        [3, 1]
      ]
    ]
  }
  const taken = await importGeojson({ type: 'FeatureCollection', features: [feature(parts), feature(broken)] })
  expect(await areas(taken)).toEqual([36 + 9 + 4])
  expect(warned(taken, '1 of its objects have three or more parts')).toBe(true)
  expect(taken.refused[0]?.reason).toMatch(/points that are no pairs of numbers/)
})

test('outlines that all lie in one corner are said to be so, as units other than pixels put them there', async () => {
  const features = [0, 1, 2, 3, 4, 5].map((i) => feature(polygon([i, 1, i + 2, 1, i + 2, 3, i, 3])))
  const taken = await importGeojson({ type: 'FeatureCollection', features })
  expect(warned(taken, 'All its 6 outlines lie in the upper left 7×3 of 20×16 pixels')).toBe(true)
})

test('the only file is that of the only picture, whatever it is called, and this is said', async () => {
  const taken = await importFiles({ 'a.png': gray(), 'export.geojson': feature(polygon(square)) })
  expect(await areas(taken)).toEqual([36])
  expect(warned(taken, 'another name than the only picture, a.png')).toBe(true)
})
