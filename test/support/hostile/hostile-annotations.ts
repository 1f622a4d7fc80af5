import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { roiBytes } from '../roi-bytes.ts'
import { type RawEntry, rawZip } from '../raw-zip.ts'
import { npy } from '../../fuzz/seeds.ts'
import { height, type Hostile, type HostileCase, png, stemOf, together, width } from './hostile-case.ts'

const mebi = 2 ** 20
const json = (value: unknown) => JSON.stringify(value)
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const square = [2, 2, 8, 2, 8, 8, 2, 8]
const cell = { image_id: 1, category_id: 1, segmentation: [square] }

function coco(changes: object = {}): string {
  return json({
    images: [{ id: 1, file_name: 'sound.png', width, height }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: [{ ...cell, id: 1 }],
    ...changes
  })
}

/** A zigzag over the whole picture, crossed by every edge after it. */
const zigzag = Array.from({ length: 40_000 }, (_, i) => [i % 2 === 0 ? 0 : 8000, i % 7]).flat()

const secrets = [
  '../../secret.png',
  '/etc/passwd',
  'C:\\secret.png',
  '\\\\server\\share\\secret.png',
  'CON',
  'a\0.png',
  '..\\secret.png'
]

const cocos: readonly Hostile[] = [
  ['annotations/sound.json', coco()],
  ['annotations/nested.json', `{"images": ${nested(100_000)}}`, /nested deeper than 64/],
  ['annotations/one-entry.json', `{"images": [{"x": "${'x'.repeat(10 * mebi)}"}]}`, /one entry is larger than 8 MB/],
  [
    'annotations/numbers.json',
    `{"images": [], "annotations": [${'1,'.repeat(1_100_000)}1]}`,
    /more than 1,000,000 entries/
  ],
  ['annotations/cut.json', coco().slice(0, 90), /ends in the middle/],
  ['annotations/open.json', '{"images": ["', /ends in the middle/],
  ['annotations/binary.json', Buffer.from([0, 1, 2, 255]), /not JSON/],
  ['annotations/elsewhere.json', coco({ images: secrets.map((name, id) => ({ id, file_name: name, width, height })) })]
]

const cocoCells = together(
  'COCO: cells that lie about themselves',
  [
    [
      'x.json',
      coco({
        annotations: [
          { ...cell, id: 1 },
          { ...cell, id: 2, segmentation: { size: [1e9, 1e9], counts: [1e18] } },
          { ...cell, id: 3, segmentation: { size: [height, width], counts: [2 ** 31, 2 ** 31] } },
          { ...cell, id: 4, segmentation: [[0, 0, 1e12, 0, 1e12, 1e12]] },
          { ...cell, id: 5, segmentation: [[0, 0, 1e308, 1e308, -1e308, 5]] },
          { ...cell, id: 6, segmentation: { size: [height, width], counts: 'oooooooooooo' } },
          { ...cell, id: 7, segmentation: nested(3) },
          { ...cell, id: 8, image_id: { __proto__: 1 } },
          { ...cell, id: 9, segmentation: Array.from({ length: 200_000 }, () => [1, 1, 2]) }
        ]
      }),
      /Annotation 2 has runs for a picture of another size/
    ]
  ],
  () => ({ 'images/sound.png': png })
)

const entry = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({
  name,
  bytes: roiBytes({ type: 1, left: 2, top: 2, right: 8, bottom: 8 }),
  method: 8,
  ...more
})
const zip = (entries: readonly RawEntry[], options = {}) => rawZip(entries, { sealed: false, ...options })
const strangeNames = [
  '../../out.roi',
  '/etc/out.roi',
  'C:/out.roi',
  '\\\\server\\share\\out.roi',
  '..\\out.roi',
  'NUL.roi',
  'a\0.roi',
  'A.roi',
  'a.roi'
]

const zeros = Buffer.alloc(15 * mebi)
const bomb = entry('1.roi', { bytes: zeros, packed: deflateRawSync(zeros), crc: crc32(zeros) })

const roiZips: readonly Hostile[] = [
  ['sound.zip', zip([entry('1.roi')])],
  ['names.zip', zip(strangeNames.map((name) => entry(name)))],
  ['lie.zip', zip([entry('1.roi', { size: 900 * mebi })]), /more than its contents can fill|would fill more than/],
  ['lie-small.zip', zip([entry('1.roi', { size: 7 })]), /does not have the size that is stated/],
  ['bomb.zip', zip([bomb]), /is not an ImageJ region/],
  ['z-bombs.zip', zip(Array.from({ length: 60 }, (_, i) => ({ ...bomb, name: `${i}.roi` }))), /would fill more than/],
  [
    'shared.zip',
    zip([entry('0.roi'), ...Array.from({ length: 5000 }, (_, i) => entry(`${i + 1}.roi`, { sameDataAs: 0 }))])
  ],
  ['count.zip', zip([entry('1.roi')], { declaredEntries: 60_000 }), /damaged|structure/],
  ['encrypted.zip', zip([entry('1.roi', { flags: 0x0801 })]), /damaged|encrypted/],
  [
    'link.zip',
    zip([entry('1.roi', { bytes: Buffer.from('/etc/passwd'), attributes: 0o120777 << 16 })]),
    /is a link to another file/
  ],
  ['nested.zip', zip([entry('1.roi', { bytes: zip([entry('2.roi')]) })]), /not (?:an )?ImageJ region/],
  ['crc.zip', zip([entry('1.roi', { crc: 1 })]), /checksum/],
  ['cut.zip', zip([entry('1.roi')]).subarray(0, 60), /its end is missing/],
  ['points.zip', zip([entry('1.roi', { bytes: points(60_000) })]), /ends before its outline/]
]

/** A polygon of more points than it has. */
function points(count: number): Buffer {
  const bytes = roiBytes({ type: 0, left: 2, top: 2, right: 8, bottom: 8, points: [0, 0, 6, 0, 6, 6] })
  bytes.writeUInt16BE(count, 16)
  return bytes
}

const polygon = (coordinates: unknown) => ({
  type: 'Feature',
  geometry: { type: 'Polygon', coordinates },
  properties: {}
})
const features = (list: readonly unknown[]) => json({ type: 'FeatureCollection', features: list })
const ring = [[2, 2], [8, 2], [8, 8], [2, 2]] // prettier-ignore
const longRing = Array.from({ length: 60_000 }, (_, i) => [i % 20, (i * 7) % 15])

const geojsons: readonly Hostile[] = [
  ['sound.geojson', features([polygon([ring])])],
  ['nested.geojson', `{"type": "FeatureCollection", "features": ${nested(1_000_000)}}`, /no features|GeoJSON/],
  ['deep.geojson', features([polygon('HERE')]).replace('"HERE"', nested(5000)), /pairs of numbers/],
  ['bomb.geojson.gz', gzipSync(Buffer.alloc(120 * mebi, ' ')), /cannot be read as GeoJSON/],
  [
    'objects.geojson',
    `{"type": "FeatureCollection", "features": [${'{},'.repeat(9_000_000)}{}]}`,
    /would take \d+ MB of memory/
  ],
  ['long.geojson', features([polygon([longRing, longRing])])],
  ['far.geojson', features([polygon([[[0, 0], [1e300, 1], [5, 1e300], [0, 0]]])]), /far outside/] // prettier-ignore
]

const shape = { label: 'cell', shape_type: 'polygon', points: [[2, 2], [8, 2], [8, 8]] } // prettier-ignore
const hugePng = Buffer.from(png)
hugePng.writeUInt32BE(60_000, 16)

const labelmes: readonly Hostile[] = [
  ['sound.json', json({ shapes: [shape], imageWidth: width, imageHeight: height })],
  ['nested.json', `{"shapes": [${nested(100_000)}]}`, /no points that are numbers/],
  ['grid.json', json({ shapes: [shape], imageWidth: 2 ** 31, imageHeight: 2 ** 31 }), /annotation is drawn on|far/],
  [
    'mask.json',
    json({ shapes: [{ ...shape, shape_type: 'mask', mask: hugePng.toString('base64') }] }),
    /cannot be read/
  ],
  ['circle.json', json({ shapes: [{ ...shape, shape_type: 'circle', points: [[0, 0], [1e200, 0]] }] }), /far outside/] // prettier-ignore
]

const yolos: readonly Hostile[] = [
  ['labels/sound.txt', '0 0.1 0.1 0.4 0.1 0.4 0.4\n'],
  ['labels/long.txt', `0 ${'0.5 '.repeat(400_000)}`],
  ['labels/odd.txt', '0 NaN Infinity 1e999 0.1 0.2 0.3\n', /no numbers/],
  ['labels/lines.txt', '\n'.repeat(2_000_000)],
  ['labels/binary.txt', Buffer.from([0, 255, 10, 0, 1, 2]), /Line|lines/]
]

const array = (shape: readonly number[], data = new Float32Array(2 * height * width * 2)) => npy('<f4', shape, data)
const labelArray = npy('<i4', [2, height, width, 2], new Int32Array(2 * height * width * 2))
const arrays = (X: Uint8Array, more: Partial<RawEntry> = {}) =>
  zip([
    { name: 'X.npy', bytes: X, method: 8, ...more },
    { name: 'y.npy', bytes: labelArray, method: 8 }
  ])
const longHeader = Buffer.concat([
  Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 127]),
  Buffer.alloc(99)
])

const archives: readonly Hostile[] = [
  ['sound.npz', arrays(array([2, height, width, 2]))],
  ['many.npz', arrays(array([1e12, 1, 1, 1])), /1000000000000|not what follows/],
  ['large.npz', arrays(array([1, 1e6, 1e6, 2])), /bytes each/],
  [
    'lie.npz',
    arrays(array([2, height, width, 2]), { size: 2 ** 31 }),
    /more than its contents can fill|not what follows/
  ],
  ['header.npz', arrays(longHeader), /header/],
  ['objects.npz', arrays(npy('|O', [2], Buffer.from('cos\nsystem\n(S"x"\ntR.'))), /objects|elements of type/],
  ['empty.npz', zip([]), /no array named X/],
  ['text.npz', 'no zip', /NumPy archive/]
]

export const hostileAnnotations: readonly HostileCase[] = [
  together('COCO: files of all kinds', cocos, () => ({ 'images/sound.png': png })),
  cocoCells,
  {
    ...together(
      'COCO: an outline without end',
      [['x.json', coco({ annotations: [{ ...cell, id: 1, segmentation: [zigzag] }] })]],
      () => ({ 'images/sound.png': png })
    ),
    says: /./
  },
  {
    ...together('ImageJ: archives', roiZips, (file) => ({ [`${stemOf(file)}.png`]: png })),
    options: { format: 'roi' }
  },
  together('GeoJSON', geojsons, (file) => ({ [`${stemOf(file).replace('.geojson', '')}.png`]: png })),
  together('Labelme', labelmes, (file) => ({ [`${stemOf(file)}.png`]: png })),
  together('YOLO', yolos, (file) => ({ [`images/${stemOf(file)}.png`]: png })),
  together('TissueNet', archives, () => ({}))
]
