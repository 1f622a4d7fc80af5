import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RawEntry, rawZip } from '../raw-zip.ts'

const torch = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/torch', name))
const mebi = 2 ** 20

function zip(entries: readonly RawEntry[]): Buffer {
  return rawZip(entries, { sealed: false })
}

function text(letters: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(letters.length)
  return Buffer.concat([Buffer.from('X'), length, Buffer.from(letters)])
}

/** One storage of 4 MB, and so many names for the first number in it. */
function manyWindows(names: number): Buffer {
  const count = mebi
  const [call, mark, tuple, one] = [Buffer.from('R'), Buffer.from('('), Buffer.from('t'), Buffer.of(0x4b, 1, 0x85)]
  const counted = Buffer.alloc(5, 'J')
  counted.writeInt32LE(count, 1)
  const storage = [mark, text('storage'), Buffer.from('ctorch\nFloatStorage\n'), text('0'), text('cpu'), counted, tuple]
  const tensor = [
    Buffer.from('ctorch._utils\n_rebuild_tensor\n'),
    mark,
    ...storage,
    Buffer.from('QK\0'),
    one,
    one,
    tuple
  ]
  const entries = Array.from({ length: names }, (_, i) => [text(`w${i}`), Buffer.from('h\x01')]).flat()
  const remembered = [...tensor, call, Buffer.from('q\x010')]
  const pickle = Buffer.concat([Buffer.of(0x80, 2), ...remembered, Buffer.from('}('), ...entries, Buffer.from('u.')])
  return zip([
    { name: 'a/data.pkl', bytes: pickle },
    { name: 'a/data/0', bytes: new Uint8Array(4 * count) }
  ])
}

const zeros = new Uint8Array(mebi)

/** Files that are called weights of PyTorch, and what is said of them; nothing where reading them is as good. */
export const hostileWeights: readonly (readonly [name: string, bytes: Uint8Array | string, says?: RegExp])[] = [
  ['code-zip.pth', torch('code-zip.pth'), /asks for posix\.system to be run/],
  ['code-legacy.pth', torch('code-legacy.pth'), /asks for posix\.system to be run/],
  ['cut.pth', torch('weights-zip.pth').subarray(0, 300), /cannot be read as weights of PyTorch/],
  ['text.pth', 'no weights', /is not a file of weights saved by PyTorch/],
  ['empty.pth', '', /is not a file of weights saved by PyTorch/],
  ['bomb.pth', zip([{ name: 'a/data.pkl', bytes: new Uint8Array(64 * mebi), method: 8 }]), /shares bytes|compressed/],
  [
    'shared.pth',
    zip(
      Array.from({ length: 2000 }, (_, i) => ({ name: `a/data/${i}`, bytes: zeros, ...(i > 0 && { sameDataAs: 0 }) }))
    ),
    /shares bytes with another entry/
  ],
  ['size.pth', zip([{ name: 'a/data.pkl', bytes: zeros, size: 2 ** 31 }]), /cannot be read as weights of PyTorch/],
  ['windows.pth', manyWindows(20_000), /"w19999"/]
]
