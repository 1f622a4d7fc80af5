import { inflateSync, zstdDecompressSync } from 'node:zlib'
import { addDecoder, BaseDecoder, type GeoTIFFImage, getDecoder } from 'geotiff'
import { Reason } from '../../shared/errors.ts'
import { jpegHeader } from './jpeg.ts'
import { unpackLzw } from './lzw.ts'

/**
 * Strips and tiles of a TIFF are unpacked here up to the bytes that their sizes need, and no further: the library's own
 * decoders go on for as long as the packed bytes do, and take eight bytes for each that they unpack.
 */
export function useBoundedDecoders(): void {
  addDecoder(5, () => Promise.resolve(decoderOf(unpackLzw)), blockParameters, false)
  addDecoder([8, 32946], () => Promise.resolve(decoderOf(unpackDeflate)), blockParameters, false)
  addDecoder(32773, () => Promise.resolve(decoderOf(unpackBits)), blockParameters, false)
  addDecoder(50000, () => Promise.resolve(decoderOf(unpackZstd)), blockParameters, false)
  const jpeg = getDecoder(7, noParameters)
  addDecoder(7, async () => boundedJpeg((await jpeg).constructor as typeof BaseDecoder), jpegParameters, false)
  for (const [code, name] of [
    [2, 'the coding of faxes (CCITT)'],
    [3, 'the coding of faxes (CCITT)'],
    [4, 'the coding of faxes (CCITT)'],
    [33003, 'JPEG 2000'],
    [33004, 'JPEG 2000'],
    [33005, 'JPEG 2000'],
    [34712, 'JPEG 2000'],
    [34887, 'LERC'],
    [34925, 'LZMA'],
    [50002, 'JPEG XL'],
    [52546, 'JPEG XL'],
    [50001, 'WebP']
  ] as const) {
    addDecoder(
      code,
      () => Promise.reject(new Reason(`it is packed by ${name}, which is not read`)),
      blockParameters,
      false
    )
  }
}

type Unpack = (packed: Uint8Array, bytes: number) => Uint8Array

interface BlockParameters {
  readonly tileWidth: number
  readonly tileHeight: number
  readonly planarConfiguration: number
  readonly bitsPerSample: number[]
  readonly predictor: number
  readonly isBigEndian: boolean
  /** What its decoders stumble over. */
  readonly failures: unknown[]
}

type Directory = GeoTIFFImage['fileDirectory']

const bigEndian = new WeakSet<Directory>()
const bitsPerSampleTag = 258

/**
 * Gives a page's directory what its decoders need and the library leaves out: the order of bytes in its file, and the
 * one bit of a sample that need not be written (TIFF 6.0, §8). Every page passes here before its samples are read.
 */
export function completeDirectory({ fileDirectory, littleEndian }: GeoTIFFImage): void {
  if (!littleEndian) bigEndian.add(fileDirectory)
  if (fileDirectory.hasTag('BitsPerSample')) return
  const samples = fileDirectory.getValue('SamplesPerPixel') ?? 1
  fileDirectory.actualizedFields.set(bitsPerSampleTag, new Array<number>(samples).fill(1))
}

const failuresOf = new WeakMap<Directory, unknown[]>()

/**
 * Reads all samples of a page. Decoders note what they stumble over and reject nothing: the library forgets blocks that it
 * has begun where it gives up, and a rejection that nobody waits for ends the process.
 *
 * @throws what the first of them stumbled over, or the library itself
 */
export async function readAllSamples(image: GeoTIFFImage): Promise<unknown> {
  const failures: unknown[] = []
  failuresOf.set(image.fileDirectory, failures)
  const samples: unknown = await image.readRasters({ interleave: true })
  if (failures.length > 0) throw failures[0]
  return samples
}

function noted(decode: () => Promise<ArrayBufferLike>, parameters: BlockParameters): Promise<ArrayBufferLike> {
  return decode().catch((cause: unknown) => {
    parameters.failures.push(cause)
    return new ArrayBuffer(blockBytes(parameters))
  })
}

const noParameters = { tileWidth: 1, tileHeight: 1, planarConfiguration: 1, bitsPerSample: [8], predictor: 1 }
const [differences, floatDifferences] = [2, 3]

/** What is known of a block before it is unpacked. A strip is never higher than its picture, whatever it declares. */
async function blockParameters(directory: Directory): Promise<BlockParameters> {
  const number = async (tag: Parameters<Directory['loadValue']>[0], otherwise: number): Promise<number> =>
    Number((await directory.loadValue(tag)) ?? otherwise)
  const isTiled = !directory.hasTag('StripOffsets')
  const height = await number('ImageLength', 1)
  const bits: unknown = await directory.loadValue('BitsPerSample')
  return {
    tileWidth: await number(isTiled ? 'TileWidth' : 'ImageWidth', 1),
    tileHeight: isTiled ? await number('TileLength', 1) : Math.min(height, await number('RowsPerStrip', height)),
    planarConfiguration: await number('PlanarConfiguration', 1),
    bitsPerSample: typeof bits === 'object' ? Array.from((bits ?? [8]) as ArrayLike<number>) : [Number(bits ?? 1)],
    predictor: await number('Predictor', 1),
    isBigEndian: bigEndian.has(directory),
    failures: failuresOf.get(directory) ?? []
  }
}

async function jpegParameters(directory: Directory) {
  return { ...(await blockParameters(directory)), JPEGTables: await directory.loadValue('JPEGTables') }
}

/** A picture in a picture says its size again. */
function boundedJpeg(Jpeg: typeof BaseDecoder): typeof BaseDecoder {
  return class extends Jpeg {
    override decodeBlock(packed: ArrayBufferLike): Promise<ArrayBufferLike> | ArrayBufferLike {
      const { width, height } = jpegHeader('', new Uint8Array(packed))
      const { tileWidth, tileHeight } = this.parameters
      if (width > tileWidth || height > tileHeight) throw new Reason('a JPEG in it is larger than its place')
      return super.decodeBlock(packed)
    }

    override decode(packed: ArrayBufferLike): Promise<ArrayBufferLike> {
      return noted(() => super.decode(packed), this.parameters as BlockParameters)
    }
  }
}

function decoderOf(unpack: Unpack): typeof BaseDecoder {
  return class extends BaseDecoder {
    override decodeBlock(packed: ArrayBufferLike): ArrayBufferLike {
      const bytes = unpack(new Uint8Array(packed), blockBytes(this.parameters as BlockParameters))
      const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
      const block = isWhole ? bytes.buffer : bytes.slice().buffer
      if (this.swapsBytes && this.parameters.predictor === differences) this.swapBytes(block)
      return block
    }

    override decode(packed: ArrayBufferLike): Promise<ArrayBufferLike> {
      const decode = async (): Promise<ArrayBufferLike> => {
        const block = await super.decode(packed)
        if (this.swapsBytes) this.swapBytes(block)
        return block
      }
      return noted(decode, this.parameters as BlockParameters)
    }

    /** The library adds differences up as little-endian numbers and leaves floats as such, whatever the file's order. */
    private get swapsBytes(): boolean {
      const { isBigEndian, predictor } = this.parameters as BlockParameters
      return isBigEndian && (predictor === differences || predictor === floatDifferences)
    }

    private swapBytes(block: ArrayBufferLike): void {
      const size = ((this.parameters as BlockParameters).bitsPerSample[0] ?? 8) / 8
      const bytes = new Uint8Array(block)
      for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse()
    }
  }
}

/** Rows are padded to whole bytes. */
function blockBytes({ tileWidth, tileHeight, planarConfiguration, bitsPerSample }: BlockParameters): number {
  const perPixel = bitsPerSample.reduce((sum, bits) => sum + bits, 0)
  const bits = planarConfiguration === 2 ? (bitsPerSample[0] ?? 8) : perPixel
  return Math.ceil((tileWidth * bits) / 8) * tileHeight
}

/** Some programs write a little more than a block needs. */
const spareBytes = 64 * 1024

function unpackDeflate(packed: Uint8Array, bytes: number): Uint8Array {
  return new Uint8Array(inflateSync(packed, oneChunk(bytes)))
}

function unpackZstd(packed: Uint8Array, bytes: number): Uint8Array {
  return new Uint8Array(zstdDecompressSync(packed, oneChunk(bytes)))
}

function oneChunk(bytes: number) {
  return { maxOutputLength: bytes + spareBytes, chunkSize: bytes + spareBytes + 1 }
}

/** Apple's PackBits (TIFF 6.0, §9). */
function unpackBits(packed: Uint8Array, bytes: number): Uint8Array {
  const unpacked = new Uint8Array(bytes)
  let to = 0
  for (let at = 0; at < packed.length && to < bytes;) {
    const header = ((packed[at++] ?? 0) << 24) >> 24
    if (header === -128) continue
    if (header < 0) {
      unpacked.fill(packed[at++] ?? 0, to, to + 1 - header)
      to += 1 - header
    } else {
      const run = packed.subarray(at, Math.min(at + header + 1, at + bytes - to))
      unpacked.set(run, to)
      at += header + 1
      to += header + 1
    }
  }
  return unpacked.subarray(0, Math.min(to, bytes))
}
