import { type Readable } from 'node:stream'
import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { asRefusal, elementType, type NpyData, npzPolicy, parseHeader, splitHeader } from './npz.ts'
import { ZipReader } from './zip/reader.ts'

/** The longest header that NumPy writes is a few hundred bytes; a whole table of fields stays below this. */
const maxHeaderBytes = 1 << 16
/** One row is held in memory, and its samples may be of twice as many bytes as they are kept in. */
const maxRowBytes = 2 * limits.picture.sampleBytes

/**
 * An array of a NumPy archive, read row by row along its first axis: TissueNet's pictures fill more memory than a
 * computer has, and more than one buffer can hold.
 */
export class NpzRows {
  /** Without the first axis. */
  readonly rowShape: readonly number[]
  readonly count: number
  /** The element type as the file names it, without its byte order: `f4`. */
  readonly dtype: string
  readonly #path: string
  readonly #source: string
  readonly #zip: ZipReader
  readonly #bytes: ByteReader
  readonly #rowBytes: number
  readonly #toNumbers: (buffer: ArrayBuffer, source: string) => NpyData
  #next = 0

  private constructor(path: string, zip: ZipReader, bytes: ByteReader, { source, header, dataBytes }: ArrayHead) {
    this.#path = path
    this.#source = source
    this.#zip = zip
    this.#bytes = bytes
    const { descriptor, fortranOrder, shape } = parseHeader(header, source)
    const { dtype, itemBytes, toNumbers } = elementType(descriptor, source)
    const [count, ...rowShape] = shape
    if (count === undefined || (fortranOrder && shape.length > 1)) {
      throw refuse(`${source} is stored column by column, which cannot be read picture by picture.`, {
        next: 'Save it again with numpy.savez_compressed after numpy.ascontiguousarray.'
      })
    }
    this.count = count
    this.rowShape = rowShape
    this.dtype = dtype
    this.#toNumbers = toNumbers
    this.#rowBytes = rowShape.reduce((product, size) => product * size, itemBytes)
    if (!(this.#rowBytes > 0 && this.#rowBytes <= maxRowBytes)) {
      throw refuse(`${source} declares pictures of ${this.#rowBytes} bytes each, larger than any picture.`)
    }
    if (count > limits.images) throw refuse(`${source} declares ${count} pictures, and ${limits.images} are read.`)
    if (this.#rowBytes * count !== dataBytes) {
      throw refuse(
        `${source}: the header declares ${count} rows of ${this.#rowBytes} bytes, which are not what follows it.`
      )
    }
  }

  /** @throws AppError of kind `input` where the archive has no such array, or it is no array of numbers */
  static async open(path: string, name: string): Promise<NpzRows> {
    const zip = await ZipReader.open(path, npzPolicy)
    try {
      const entry = zip.find(`${name}.npy`)
      if (!entry) throw refuse(`${path} holds no array named ${name}.`, { file: path })
      const source = `${path}, array ${name}`
      const bytes = new ByteReader(await zip.stream(entry))
      const start = await bytes.take(12, true)
      const length = headerLength(start)
      if (length > maxHeaderBytes)
        throw refuse(`${source} has a header of ${length} bytes, longer than any array has.`, { file: path })
      const { header, dataStart } = splitHeader(await bytes.take(length, false), source)
      return new NpzRows(path, zip, bytes, { source, header, dataBytes: entry.bytes - dataStart })
    } catch (thrown) {
      zip.close()
      throw asRefusal(zip.asRefusal(thrown), path)
    }
  }

  /** The row of this number; rows before it that were not read are passed over. Rows are read in ascending order. */
  async row(index: number): Promise<NpyData> {
    try {
      while (this.#next < index) {
        await this.#bytes.take(this.#rowBytes, false)
        this.#next++
      }
      this.#next++
      const bytes = await this.#bytes.take(this.#rowBytes, false)
      return this.#toNumbers(new Uint8Array(bytes).buffer, this.#source)
    } catch (thrown) {
      throw asRefusal(this.#zip.asRefusal(thrown), this.#path)
    }
  }

  close(): void {
    this.#bytes.close()
    this.#zip.close()
  }
}

/** The header's text, and how many bytes the archive says follow it. */
interface ArrayHead {
  /** What to call the array in a sentence. */
  readonly source: string
  readonly header: string
  readonly dataBytes: number
}

/** Magic, version and length of the header as the first 12 bytes state them; all of it together. */
function headerLength(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  return view.getUint8(6) === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true)
}

/** Takes exact numbers of bytes off a stream. */
class ByteReader {
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#stream = stream
    this.#chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  /** @param isLook whether the bytes stay to be taken again */
  async take(length: number, isLook: boolean): Promise<Buffer> {
    const parts: Buffer[] = [this.#held]
    let have = this.#held.length
    while (have < length) {
      const next = await this.#chunks.next()
      if (next.done === true) throw new Error('an array ends in the middle')
      parts.push(next.value)
      have += next.value.length
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts)
    this.#held = isLook ? all : all.subarray(length)
    return all.subarray(0, length)
  }

  close(): void {
    this.#stream.destroy()
  }
}
