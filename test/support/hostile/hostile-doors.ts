import { execFileSync } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type RawEntry, rawZip } from '../raw-zip.ts'
import { npy } from '../../fuzz/seeds.ts'
import { type HostileCase, png } from './hostile-case.ts'
import { pngOf } from './hostile-pictures.ts'
import { hostileWeights } from './hostile-weights.ts'

const mebi = 2 ** 20
const entry = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({ name, bytes: Buffer.from('{}'), ...more })
const bomb = Buffer.alloc(32 * mebi, ' ')

function refused(door: HostileCase['door'], list: Readonly<Record<string, Uint8Array | string>>, says: RegExp) {
  return Object.entries(list).map(([name, bytes]): HostileCase => {
    return { name: `${door}: ${name}`, door, files: { [name]: bytes }, says }
  })
}

const packages = refused(
  'package',
  {
    'traversal.zip': rawZip([entry('../out.json')]),
    'absolute.zip': rawZip([entry('/etc/out.json')]),
    'drive.zip': rawZip([entry('C:/out.json')]),
    'share.zip': rawZip([entry('\\\\server\\share\\out')]),
    'device.zip': rawZip([entry('images/CON.png')]),
    'nul.zip': rawZip([entry('manifest.json\0.png')]),
    'twins.zip': rawZip([entry('images/a.png'), entry('images/A.png')]),
    'link.zip': rawZip([entry('manifest.json', { attributes: 0o120777 << 16 })]),
    'bomb.zip': rawZip([entry('manifest.json', { bytes: bomb, method: 8 }), entry('README.txt'), entry('about.json')]),
    'lie.zip': rawZip([entry('manifest.json', { size: 2 ** 31 })]),
    'text.zip': 'no package'
  },
  /is not accepted|is not a CytoLoom package/
)

const square = [2, 2, 8, 2, 8, 8, 2, 8]
const truth = {
  images: [{ id: 1, width: 24, height: 18 }],
  categories: [],
  annotations: [{ id: 1, image_id: 1, segmentation: [square] }]
}

function score(name: string, first: unknown, second: unknown, says?: RegExp): HostileCase {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  const files = { 'truth.json': text(first), 'predictions.json': text(second) }
  return { name: `score: ${name}`, door: 'score', files, ...(says ? { says } : {}) }
}

const sized = (width: number, height: number) => ({ ...truth, images: [{ id: 1, width, height }] })
const scores: readonly HostileCase[] = [
  score('sizes beyond everything', sized(2 ** 31, 2), [], /more than can be compared/),
  score('sizes beyond 32 bits', sized(2 ** 20, 2 ** 20), [], /more than can be compared/),
  score(
    'runs that lie',
    truth,
    [{ image_id: 1, segmentation: { size: [18, 24], counts: [1e15] } }],
    /cannot be scored/
  ),
  score('nesting', truth, `[${'['.repeat(100_000)}`, /nested deeper/),
  score('an early end', truth, '[{"image_id": 1, "segmen', /ends in the middle/),
  score('far points', truth, [{ image_id: 1, score: 0.5, segmentation: [[0, 0, 1e12, 5, 3, 1e12]] }])
]

const masks = [
  ...refused('decode', { 'size.npy': npy('<f4', [1e6, 1e6], new Float32Array(4)) }, /declares|NumPy/),
  ...refused('decode', { 'objects.npy': npy('|O', [1], Buffer.from('cos\nsystem\n')) }, /elements of type|objects/),
  ...refused('decode', { 'cut.png': png.subarray(0, 30), 'text.png': 'x' }, /cannot be read/),
  ...refused('decode', { 'size.png': pngOf({ width: 60_000, height: 60_000 }) }, /at most 64 million pixels/),
  ...refused('decode', { 'wide.npy': npy('|u1', [5000, 5000], new Uint8Array(25e6)) }, /at most 16 million/)
]

const engines = refused(
  'engine',
  {
    'traversal.zip': rawZip([entry('../../pack.json')], { sealed: false }),
    'link.zip': rawZip([entry('pack.json', { attributes: 0o120777 << 16 })], { sealed: false }),
    'bomb.zip': rawZip([entry('pack.json', { bytes: bomb, method: 8 })], { sealed: false }),
    'text.zip': 'no zip'
  },
  /is not accepted/
)

const weights = hostileWeights.map(([name, bytes, says]): HostileCase => {
  return { name: `weights: ${name}`, door: 'weights', files: { [name]: bytes }, ...(says ? { says } : {}) }
})

/** What has no end, or never begins, at each door that takes a file. Only where there are such things. */
const endless = (['package', 'score', 'decode', 'engine', 'weights'] as const).flatMap((door) => [
  unreadable(door, 'device', (file) => symlink('/dev/zero', file)),
  unreadable(door, 'pipe', (file) => Promise.resolve(void execFileSync('mkfifo', [file])))
])

function unreadable(door: HostileCase['door'], what: string, make: (file: string) => Promise<void>): HostileCase {
  const name = 'file.png'
  return {
    name: `${door}: a ${what}`,
    door,
    names: [name, name], // scores take two
    make: (folder) => make(join(folder, name)),
    says: /is a device or a pipe/
  }
}

/** What comes in by other doors than an import. */
export const hostileDoors: readonly HostileCase[] = [
  ...packages,
  ...scores,
  ...masks,
  ...engines,
  ...weights,
  ...(process.platform === 'linux' ? endless : [])
]
