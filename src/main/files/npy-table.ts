import { AppError, refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { npzPolicy, parseHeader, splitHeader } from './npz.ts'
import { PickleObject, PickleTuple, type PickleValue, readPickle } from './restricted-pickle.ts'
import { type ZipPolicy } from './zip/policy.ts'
import { readZip } from './zip/reader.ts'

const { wordBytes, words: mostWords } = limits.npz
const tablePolicy: ZipPolicy = { ...npzPolicy, entryBytes: wordBytes, totalBytes: 3 * wordBytes }

/**
 * Reads the small arrays of a NumPy archive that hold words: texts of fixed length, and objects that are texts and
 * numbers. Nothing of a pickle is run.
 *
 * @returns for each of the wanted arrays that is there its values in order, and its shape
 * @throws AppError of kind `input` where one holds anything else
 */
export async function readNpzWords(path: string, wanted: readonly string[]): Promise<ReadonlyMap<string, WordArray>> {
  const names = new Set(wanted.map((name) => `${name}.npy`))
  const arrays = new Map<string, WordArray>()
  for await (const { name, bytes } of readZip(path, { ...tablePolicy, skips: (entry) => !names.has(entry) })) {
    const key = name.replace(/\.npy$/, '')
    arrays.set(key, parseWords(bytes, `${path}, array ${key}`))
  }
  return arrays
}

export interface WordArray {
  readonly shape: readonly number[]
  readonly values: readonly string[]
}

function parseWords(bytes: Buffer, source: string): WordArray {
  const { header, dataStart } = splitHeader(bytes, source)
  const { descriptor, shape } = parseHeader(header, source)
  const count = shape.reduce((product, size) => product * size, 1)
  if (!(count <= mostWords))
    throw refuse(`${source} declares ${count} words, more than any table has.`, { file: source })
  const values =
    descriptor === '|O' ? unpickle(bytes, source, dataStart) : fixedTexts(bytes.subarray(dataStart), descriptor, source)
  if (values.length !== count) {
    throw refuse(`${source} declares ${count} entries and holds ${values.length}.`, { file: source })
  }
  return { shape, values }
}

/** NumPy's `<U12`: so many characters of four bytes, filled up with zeros. `|S12`: bytes. */
function fixedTexts(bytes: Buffer, descriptor: string, source: string): string[] {
  const [, kind, length] = /^[<|]([US])(\d+)$/.exec(descriptor) ?? []
  const width = Number(length) * (kind === 'U' ? 4 : 1)
  if (!(width > 0)) throw refuse(`${source} has elements of type ${descriptor}, where words are expected.`)
  const count = Math.floor(bytes.length / width)
  if (count > mostWords) throw refuse(`${source} holds ${count} words, more than any table has.`, { file: source })
  return Array.from({ length: count }, (_, i) => {
    const item = bytes.subarray(i * width, (i + 1) * width)
    return kind === 'S' ? item.toString('latin1').replace(/\0+$/, '') : fourByteText(item)
  })
}

function fourByteText(item: Buffer): string {
  let text = ''
  for (let at = 0; at + 4 <= item.length; at += 4) {
    const code = item.readUInt32LE(at)
    if (code > 0 && code <= 0x10ffff) text += String.fromCodePoint(code)
  }
  return text
}

/** What NumPy calls to make an array again; the names of two generations. */
const arrayMakers = /^numpy\.(?:_?core)\.multiarray\.(?:_reconstruct|scalar)$/
const plainClasses = new Set(['numpy.ndarray', 'numpy.dtype', '_codecs.encode'])

/** An array in a pickle: its entries come with its state. */
class PickledArray {
  entries: readonly PickleValue[] = []
}

function unpickle(bytes: Buffer, source: string, start: number): string[] {
  try {
    const { value } = readPickle(bytes, source, rules, start)
    const array = value instanceof PickleObject ? value.value : undefined
    return array instanceof PickledArray ? array.entries.map(textOf) : []
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw refuse(`${source} contains objects other than plain words and numbers; no code in it was run.`, {
      file: source,
      next: 'Save its columns as text: numpy.savez_compressed(..., tissue_list=names.astype(str)).',
      cause: thrown
    })
  }
}

const rules = {
  allows: (name: string): boolean => arrayMakers.test(name) || plainClasses.has(name),
  call: (name: string, args: readonly PickleValue[]): PickleValue => {
    if (name.endsWith('_reconstruct')) return new PickleObject(new PickledArray())
    if (name === '_codecs.encode') return args[0] ?? ''
    // A NumPy text: its type, then its characters of four bytes each as one string.
    if (name.endsWith('scalar')) return typeof args[1] === 'string' ? args[1].replaceAll('\0', '') : ''
    return new PickleObject(undefined)
  },
  persistent: (): PickleValue => null,
  build: (object: unknown, state: PickleValue): void => {
    if (!(object instanceof PickledArray) || !(state instanceof PickleTuple)) return
    const entries = state.items[4]
    if (Array.isArray(entries)) object.entries = entries
  }
}

function textOf(value: PickleValue): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : ''
}
