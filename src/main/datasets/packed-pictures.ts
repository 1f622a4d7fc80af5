import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { invariant } from '../../shared/errors.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { sweepPartials } from '../files/partials.ts'
import { sha256 } from '../files/checksum.ts'
import { type TilePixels } from './tile-source.ts'

/** A picture of a prepared set, to be packed. */
export interface PictureToPack {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly load: () => Promise<TilePixels>
}

const Span = z.object({ offset: z.int().nonnegative(), bytes: z.int().nonnegative(), crc: z.int().nonnegative() })
type Span = z.infer<typeof Span>
const Contents = z.object({
  version: z.literal(1),
  pictures: z.array(z.object({ name: z.string(), pixels: Span, levels: Span }))
})
type Contents = z.infer<typeof Contents>

/** After the contents: their length in bytes, little-endian. */
const lengthBytes = 8
const longestContents = 1 << 30
const suffix = '.raw'

/**
 * The pictures of a prepared set as bytes in one file: image planes and label indices one after another, then a list of
 * what is where. Made once for a prepared set, and read by position: Node cannot map files into memory, but the system
 * keeps what is read often there, and nothing is decoded twice.
 *
 * The file is named by the SHA-256 of its list, which holds the CRC-32 of every picture, so the name stands for the
 * whole content. The list is checked when the file is opened, a picture when it is read for the first time.
 */
export class PackedPictures {
  readonly #folder: string
  readonly #file: string
  readonly #spans: ReadonlyMap<string, Contents['pictures'][number]>
  readonly #checked = new Set<string>()

  private constructor(folder: string, file: string, contents: Contents) {
    this.#folder = folder
    this.#file = file
    this.#spans = new Map(contents.pictures.map((picture) => [picture.name, picture]))
  }

  /**
   * Opens what `folder` holds for these pictures, or packs them anew where it is missing, damaged or of others.
   *
   * @throws what `load` of a picture throws, and ENOSPC where the disk has no room for it
   */
  static async provide(folder: string, pictures: readonly PictureToPack[]): Promise<PackedPictures> {
    const present = await PackedPictures.#open(folder, pictures)
    if (present !== undefined) return present
    await rm(folder, { recursive: true, force: true })
    await sweepPartials(join(folder, '..'))
    await pack(folder, pictures)
    const packed = await PackedPictures.#open(folder, pictures)
    invariant(packed !== undefined, 'what was packed just now can be opened')
    return packed
  }

  static async #open(folder: string, pictures: readonly PictureToPack[]): Promise<PackedPictures | undefined> {
    const [name] = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(suffix))
    if (name === undefined) return undefined
    const file = join(folder, name)
    const contents = await readContents(file, name.slice(0, -suffix.length)).catch(() => undefined)
    const isWanted = contents?.pictures.map((picture) => picture.name).join() === pictures.map((p) => p.name).join()
    return contents !== undefined && isWanted ? new PackedPictures(folder, file, contents) : undefined
  }

  /**
   * One picture's bytes, or undefined where they are damaged: the whole file is then given up, and made anew at the
   * next start.
   */
  async read(name: string): Promise<TilePixels | undefined> {
    const spans = this.#spans.get(name)
    invariant(spans, 'every picture of the set is packed')
    const [pixels, levels] = await readSpans(this.#file, spans).catch(
      () => [new Uint8Array(), new Uint8Array()] as const
    )
    if (this.#checked.has(name) && pixels.length > 0) return { pixels, levels }
    if (crc32(pixels) !== spans.pixels.crc || crc32(levels) !== spans.levels.crc) {
      await rm(this.#folder, { recursive: true, force: true })
      return undefined
    }
    this.#checked.add(name)
    return { pixels, levels }
  }
}

async function pack(folder: string, pictures: readonly PictureToPack[]): Promise<void> {
  const staged = await stageFolder(folder)
  try {
    const file = join(staged.path, 'packing')
    const list = await writePictures(file, pictures)
    await rename(file, join(staged.path, `${sha256(list)}${suffix}`))
    await staged.commit().catch(async (thrown: unknown) => {
      // Another process packed the same set meanwhile.
      if ((await readdir(folder).catch(() => [])).length === 0) throw thrown
    })
  } finally {
    await staged.discard()
  }
}

/** @returns the list of what is where, as it stands at the end of the file */
async function writePictures(path: string, pictures: readonly PictureToPack[]): Promise<Uint8Array> {
  const file = await open(path, 'wx')
  try {
    const contents: Contents = { version: 1, pictures: [] }
    let offset = 0
    const write = async (bytes: Uint8Array): Promise<Span> => {
      await file.writeFile(bytes)
      const span = { offset, bytes: bytes.length, crc: crc32(bytes) }
      offset += bytes.length
      return span
    }
    for (const { name, load } of pictures) {
      const { pixels, levels } = await load()
      contents.pictures.push({ name, pixels: await write(pixels), levels: await write(levels) })
    }
    const list = new TextEncoder().encode(JSON.stringify(contents))
    const length = new Uint8Array(lengthBytes)
    new DataView(length.buffer).setBigUint64(0, BigInt(list.length), true)
    await file.writeFile(list)
    await file.writeFile(length)
    return list
  } finally {
    await file.close()
  }
}

/** @throws when the file is cut off, or its list is not the one that its name stands for */
async function readContents(path: string, name: string): Promise<Contents> {
  const file = await open(path, 'r')
  try {
    return await parseContents(file, name)
  } finally {
    await file.close()
  }
}

async function parseContents(file: FileHandle, name: string): Promise<Contents> {
  const { size } = await file.stat()
  const tail = await readSpan(file, { offset: size - lengthBytes, bytes: lengthBytes })
  const length = Number(new DataView(tail.buffer, tail.byteOffset).getBigUint64(0, true))
  invariant(length < Math.min(size, longestContents), 'the list is a part of the file')
  const list = await readSpan(file, { offset: size - lengthBytes - length, bytes: length })
  invariant(sha256(list) === name, 'the file is named by its list')
  const contents = Contents.parse(JSON.parse(new TextDecoder().decode(list)))
  const last = contents.pictures.at(-1)?.levels
  invariant(last && last.offset + last.bytes + length + lengthBytes === size, 'the pictures fill the file')
  return contents
}

/** The file is not kept open: it can be made anew at any time. */
async function readSpans(path: string, { pixels, levels }: { readonly pixels: Span; readonly levels: Span }) {
  const file = await open(path, 'r')
  try {
    return [await readSpan(file, pixels), await readSpan(file, levels)] as const
  } finally {
    await file.close()
  }
}

/** Bytes that are not there read as zeros, which no checksum takes for the picture. */
async function readSpan(file: FileHandle, { offset, bytes }: Pick<Span, 'offset' | 'bytes'>): Promise<Uint8Array> {
  const into = new Uint8Array(bytes)
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await file.read(into, done, bytes - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return into
}
