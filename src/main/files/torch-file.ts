import { AppError, reasonOf, refuse } from '../../shared/errors.ts'
import { type TensorMap } from '../engine/safetensors.ts'
import { limits } from '../../shared/limits.ts'
import { sha256 } from './checksum.ts'
import { readInputFile } from './input-file.ts'
import { PickleDict, type PickleValue, readPickle } from './restricted-pickle.ts'
import { itemBytes, type TorchStorage, TorchTensors } from './torch-tensors.ts'
import { unfitZip, type ZipPolicy } from './zip/policy.ts'
import { ZipReader } from './zip/reader.ts'

/** Weights that PyTorch saved, by their names. */
export interface TorchWeights {
  /** The tensors of real numbers; others (counters of batches) are left out. */
  readonly tensors: TensorMap
  /** Of the whole file. */
  readonly sha256: string
}

/**
 * Reads a dictionary of tensors as `torch.save` writes it, in either of its containers: the zip of PyTorch 1.6 and
 * later, or the five pickles of the versions before (docs/method.md §7.1).
 *
 * Nothing in the file is run, and every size is checked against the bytes that are there before memory is taken for it.
 *
 * @throws AppError of kind `input` for a file that is damaged, of another kind, or asks for code to be run
 */
export async function readTorchWeights(path: string): Promise<TorchWeights> {
  const bytes = await readInputFile(path, 'file of weights', limits.weights.fileBytes)
  const read = bytes[0] === 0x50 && bytes[1] === 0x4b ? readZip : readLegacy
  return { tensors: await read(bytes, path), sha256: sha256(bytes) }
}

/** Entries `<root>/data.pkl` and `<root>/data/<key>`. */
async function readZip(bytes: Buffer, path: string): Promise<TensorMap> {
  try {
    const entries = await readEntries(bytes, path)
    const [name] = [...entries.keys()].filter((key) => /^[^/]+\/data\.pkl$/.test(key))
    if (name === undefined) throw damaged(path, 'it is a zip file without the list of its weights (data.pkl)')
    const root = name.slice(0, -'data.pkl'.length)
    if (new TextDecoder().decode(entries.get(`${root}byteorder`)) === 'big') throw bigEndian(path)
    const tensors = new TorchTensors(path)
    const { value } = readPickle(entries.get(name) ?? new Uint8Array(0), path, tensors.rules)
    return tensors.resolve(value, ({ key, type, count }) => {
      const data = entries.get(`${root}data/${key}`)
      if (data?.byteLength === count * itemBytes(type)) return data
      throw damaged(
        path,
        `the numbers of part ${key} are ${data === undefined ? 'missing' : 'not as many as declared'}`
      )
    })
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw damaged(path, reasonOf(thrown, 'its structure is damaged'), thrown)
  }
}

const torchPolicy: ZipPolicy = {
  what: 'file of weights',
  verdict: 'cannot be read as weights of PyTorch',
  next: 'Download the file again: it may be incomplete.',
  entries: limits.archive.entries,
  entryBytes: limits.weights.fileBytes,
  totalBytes: limits.weights.fileBytes
}

async function readEntries(bytes: Buffer, path: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const zip = await ZipReader.ofBytes(bytes, path, torchPolicy)
  const entries = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const entry of zip.entries) {
    if (!entry.isStored) throw damaged(path, `${entry.name} is compressed, which PyTorch never does`)
    entries.set(entry.name, await zip.read(entry))
  }
  return entries
}

const magic = 119547037146038801333356n
const protocol = 1001

/** Magic number, protocol, system, weights, order of their numbers: five pickles; then the numbers. */
function readLegacy(bytes: Buffer, path: string): TensorMap {
  const tensors = new TorchTensors(path)
  let at = 0
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, path, tensors.rules, at)
    at = end
    return value
  }
  if (bytes[0] !== 0x80 || next() !== magic) {
    throw refuse(`${path} is not a file of weights saved by PyTorch.`, {
      file: path,
      next: 'A file of weights ends in .pth or .pt and is made by torch.save.'
    })
  }
  const version = next()
  if (version !== protocol) throw damaged(path, `it has the unknown version ${JSON.stringify(version)}`)
  const system = next()
  if (system instanceof PickleDict && system.entries.get('little_endian') === false) throw bigEndian(path)
  const weights = next()
  const order = next()
  const numbers = locateNumbers(bytes.subarray(at), order, tensors.storages, path)
  return tensors.resolve(weights, ({ key }) => {
    const data = numbers.get(key)
    if (data === undefined) throw damaged(path, `the numbers of part ${key} are missing`)
    return data
  })
}

/** For each storage in the listed order: how many numbers (8 bytes), then the numbers. */
function locateNumbers(
  bytes: Buffer,
  order: PickleValue,
  storages: ReadonlyMap<string, TorchStorage>,
  path: string
): Map<string, Uint8Array<ArrayBuffer>> {
  const numbers = new Map<string, Uint8Array<ArrayBuffer>>()
  let at = 0
  for (const key of Array.isArray(order) ? order : []) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (storage === undefined || at + 8 > bytes.length) throw damaged(path, 'it ends in the middle')
    const count = Number(bytes.readBigUInt64LE(at))
    const size = count * itemBytes(storage.type)
    if (count !== storage.count || size > bytes.length - at - 8) throw damaged(path, 'it ends in the middle')
    numbers.set(storage.key, new Uint8Array(bytes.subarray(at + 8, at + 8 + size))) // a copy begins where it has to
    at += 8 + size
  }
  return numbers
}

function bigEndian(path: string): AppError {
  return refuse(`${path} was saved on a computer with the other byte order.`, {
    file: path,
    next: 'Load and save it again with PyTorch on an ordinary computer.'
  })
}

function damaged(path: string, reason: string, cause?: unknown): AppError {
  return unfitZip(path, torchPolicy, reason, cause)
}
