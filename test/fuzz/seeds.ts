import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../../src/main/images/png-encode.ts'
import { encodeTiff } from '../../src/main/images/tiff-encode.ts'
import { tiffBytes } from '../support/picture-files.ts'
import { rawZip } from '../support/raw-zip.ts'
import { roiBytes } from '../support/roi-bytes.ts'
import { makePackages } from './packages.ts'

/** A sound source of one format: small files by their names, and how the program is asked to read them. */
export interface Seed {
  readonly name: string
  readonly files: Readonly<Record<string, Uint8Array>>
  /** The files that mutations go for; the others are only needed beside them. */
  readonly targets: readonly string[]
  readonly door: Door
}

/** Which request takes the source in, given the folder of its files. */
export type Door = 'import' | 'package' | 'score' | 'decode' | 'engine' | 'weights'

const [width, height] = [24, 18]
const fixtures = join(import.meta.dirname, '../../test/fixtures')

const gray = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 251)
const labels = Uint32Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)]
  return x > 2 && x < 9 && y > 2 && y < 9 ? 1 : x > 12 && x < 20 && y > 4 && y < 15 ? 700 : 0
})
const png = encodeGrayPng8(gray, width, height)
const square = [2, 2, 8, 2, 8, 8, 2, 8]

/** All formats that the program takes in. */
export async function makeSeeds(): Promise<Seed[]> {
  return [
    ...pictureSeeds(await sharp(png).jpeg().toBuffer()),
    ...tiffSeeds(),
    ...jsonSeeds(),
    ...archiveSeeds(),
    scoreSeed(),
    {
      name: 'npy mask',
      files: { 'mask.npy': npy('|u1', [height, width], gray) },
      targets: ['mask.npy'],
      door: 'decode'
    },
    ...['weights-zip.pth', 'weights-legacy.pth'].map((file): Seed => {
      return {
        name: file,
        files: { [file]: readFileSync(join(fixtures, 'torch', file)) },
        targets: [file],
        door: 'weights'
      }
    }),
    ...(await makePackages()).map(({ name, bytes }): Seed => {
      return { name, files: { 'package.zip': bytes }, targets: ['package.zip'], door: 'package' }
    }),
    {
      name: 'engine pack',
      files: {
        'pack.zip': rawZip([{ name: 'pack.json', bytes: json({ name: 'x', files: [] }), method: 8 }], { sealed: false })
      },
      targets: ['pack.zip'],
      door: 'engine'
    }
  ]
}

function pictureSeeds(jpeg: Uint8Array): Seed[] {
  const rgb = encodeRgbPng(
    Uint8Array.from({ length: 3 * width * height }, (_, i) => i % 256),
    width,
    height
  )
  const labelPng = encodeLabelPng16(labels, width, height)
  return [
    imports('labels, PNG', { 'images/a.png': png, 'labels/a.png': labelPng }),
    imports('labels, RGB PNG', { 'images/a.png': rgb, 'labels/a.png': labelPng }, ['images/a.png']),
    imports('labels, JPEG', { 'images/a.jpg': jpeg, 'labels/a.png': labelPng }, ['images/a.jpg']),
    imports('Cellpose', { 'a.png': png, 'a_masks.png': labelPng }),
    imports('Data Science Bowl', { 's/images/a.png': png, 's/masks/1.png': png, 's/masks/2.png': png })
  ]
}

function tiffSeeds(): Seed[] {
  const overlay = [roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9, second: { name: 'cell' } })]
  const overlayTiff = tiffBytes({ width, height, data: gray, overlay })
  const labelTiff = encodeTiff({ width, height, channels: 1, bits: 16, data: Uint16Array.from(labels) })
  const packed = [
    'u16-lzw',
    'u16-lzw-pred',
    'u16-packbits',
    'u16-tiled',
    'u16-zlib',
    'u16-zstd',
    'u16-bigtiff',
    'f32-zlib-pred',
    'u16-big-endian',
    'planar-rgb',
    'ome-five',
    'ome-tzcyx',
    'imagej-tzcyx',
    'imagej-bare',
    'samples-2',
    'plain-pages',
    'u32-zstd'
  ]
  return [
    imports('overlay in a TIFF', { 'a.tif': overlayTiff }, ['a.tif']),
    imports('labels, TIFF', { 'images/a.png': png, 'labels/a.tif': labelTiff }, ['labels/a.tif']),
    ...packed.map((name) => {
      const bytes = readFileSync(join(fixtures, 'tiff', `${name}.tif`))
      return imports(
        `TIFF ${name}`,
        { 'images/a.tif': bytes, 'labels/b.png': encodeLabelPng16(labels, width, height), 'images/b.png': png },
        ['images/a.tif']
      )
    })
  ]
}

function jsonSeeds(): Seed[] {
  const feature = {
    type: 'Feature',
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [2, 2],
          [8, 2],
          [8, 8],
          [2, 2]
        ]
      ]
    },
    properties: { objectType: 'cell', classification: { name: 'tumour' } }
  }
  const geojson = json({ type: 'FeatureCollection', features: [feature, feature] })
  const shape = {
    label: 'cell',
    shape_type: 'polygon',
    points: [
      [2, 2],
      [8, 2],
      [8, 8]
    ]
  }
  const mask = {
    label: 'cell',
    shape_type: 'mask',
    points: [
      [1, 1],
      [24, 18]
    ],
    mask: Buffer.from(png).toString('base64')
  }
  return [
    imports('COCO', { 'images/a.png': png, 'x.json': coco() }, ['x.json']),
    imports('GeoJSON', { 'a.png': png, 'a.geojson': geojson }, ['a.geojson']),
    imports('GeoJSON, packed', { 'a.png': png, 'a.geojson.gz': gzipSync(geojson) }, ['a.geojson.gz']),
    imports(
      'Labelme',
      { 'a.png': png, 'a.json': json({ shapes: [shape, mask], imageWidth: width, imageHeight: height }) },
      ['a.json']
    ),
    imports('YOLO, one folder', { 'a.png': png, 'a.txt': Buffer.from('0 0.1 0.1 0.4 0.1 0.4 0.4 0.9\n') }, ['a.txt']),
    imports(
      'YOLO',
      {
        'images/a.png': png,
        'labels/a.txt': Buffer.from('0 0.1 0.1 0.4 0.1 0.4 0.4\n1 0.5 0.5 0.9 0.5 0.9 0.9\n'),
        'data.yaml': Buffer.from('names: [a, b]\n')
      },
      ['labels/a.txt', 'data.yaml']
    )
  ]
}

function archiveSeeds(): Seed[] {
  const rois = [
    roiBytes({ type: 0, left: 2, top: 2, right: 8, bottom: 8, points: [0, 0, 6, 0, 6, 6, 0, 6] }),
    roiBytes({ type: 1, left: 2, top: 2, right: 8, bottom: 8 }),
    roiBytes({ type: 2, left: 2, top: 2, right: 8, bottom: 8 }),
    roiBytes({ type: 7, left: 2, top: 2, right: 9, bottom: 9, subPixel: [2.5, 2.5, 8.5, 2.5, 8.5, 8.5] }),
    roiBytes({ type: 1, left: 1, top: 1, right: 9, bottom: 9, path: [0, 1, 1, 1, 9, 1, 1, 9, 9, 4] })
  ].map((bytes, i) => ({ name: `${i}.roi`, bytes, method: 8 }))
  const X = npy(
    '<f4',
    [2, height, width, 2],
    Float32Array.from({ length: 2 * height * width * 2 }, (_, i) => i)
  )
  const y = npy(
    '<i4',
    [2, height, width, 2],
    Int32Array.from({ length: 2 * height * width * 2 }, (_, i) => i % 3)
  )
  const { new: meta } = JSON.parse(readFileSync(join(fixtures, 'tissuenet/meta.json'), 'utf8')) as { new: string }
  const arrays = [
    { name: 'X.npy', bytes: X, method: 8 },
    { name: 'y.npy', bytes: y, method: 8 },
    { name: 'meta.npy', bytes: Buffer.from(meta, 'base64'), method: 8 }
  ]
  return [
    imports('ImageJ', { 'a.png': png, 'a_RoiSet.zip': rawZip(rois, { sealed: false }) }, ['a_RoiSet.zip']),
    imports('TissueNet', { 'train.npz': rawZip(arrays, { sealed: false }) })
  ]
}

function scoreSeed(): Seed {
  const results = [
    { image_id: 1, category_id: 1, segmentation: [square], score: 0.9 },
    {
      image_id: 1,
      category_id: 1,
      segmentation: { size: [height, width], counts: [30, 10, height * width - 40] },
      score: 0.3
    }
  ]
  return {
    name: 'scores',
    files: { 'truth.json': coco(), 'predictions.json': json(results) },
    targets: ['truth.json', 'predictions.json'],
    door: 'score'
  }
}

function coco(): Buffer {
  const cell = { image_id: 1, category_id: 1 }
  return json({
    images: [{ id: 1, file_name: 'a.png', width, height }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: [
      { ...cell, id: 11, segmentation: [square], area: 36, iscrowd: 0, bbox: [2, 2, 6, 6] },
      { ...cell, id: 12, segmentation: { size: [height, width], counts: [30, 10, height * width - 40] } },
      { ...cell, id: 13, segmentation: { size: [height, width], counts: 'n0:V<' } }
    ]
  })
}

function imports(name: string, files: Seed['files'], targets = Object.keys(files)): Seed {
  return { name, files, targets, door: 'import' }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** A NumPy array, version 1. */
export function npy(descr: string, shape: readonly number[], data: ArrayBufferView): Buffer {
  const list = shape.length === 1 ? `${shape.join()},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${list}), }\n`
  const header = Buffer.alloc(10)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  header.writeUInt16LE(text.length, 8)
  return Buffer.concat([header, Buffer.from(text), Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}
