import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { resizeGray, resizeLabels, scaledSize } from '../segmentation/resize-picture.ts'
import { type TrainingPicture, trainingPicture } from '../segmentation/training-picture.ts'
import { type SetPicture } from './set-pictures.ts'

/** Bytes of pictures that stay in memory. */
const mostBytes = 1 << 30

/**
 * Pictures as a segmenter learns from them. What it takes long to compute is computed once for a set: it lies in
 * `segmentation/` of the set's folder, for every training after this one. Where the disk has no room, it is computed
 * each time.
 */
export class PictureStore {
  readonly #scale: number
  readonly #held = new Map<string, TrainingPicture>()
  #bytes = 0

  /** @param scale pixels here for one of the picture, along both axes */
  constructor(scale: number) {
    this.#scale = scale
  }

  async get(picture: SetPicture): Promise<TrainingPicture> {
    const file = this.#fileOf(picture)
    const held = this.#held.get(file)
    if (held !== undefined) {
      this.#held.delete(file) // to the end: the one that was not asked for longest goes first
      this.#held.set(file, held)
      return held
    }
    const found = (await read(file)) ?? (await this.#make(picture, file))
    this.#keep(file, found)
    return found
  }

  async #make(picture: SetPicture, file: string): Promise<TrainingPicture> {
    const [gray, { labels, ignored }] = [await picture.gray(), await picture.cells()]
    const size = scaledSize(picture, this.#scale)
    const cells = { labels: resizeLabels(labels, picture, size), ...size }
    const regions = ignored && Uint8Array.from(resizeLabels(Int32Array.from(ignored), picture, size))
    const made = trainingPicture(resizeGray(gray, picture, size), cells, regions)
    await mkdir(join(picture.folder, 'segmentation'), { recursive: true })
      .then(() => writeFileAtomic(file, pack(made)))
      .catch(() => undefined) // a full disk, or one that may only be read: it is made anew each time
    return made
  }

  #fileOf({ folder, key }: SetPicture): string {
    const scale = this.#scale === 1 ? '' : `-${this.#scale.toFixed(4)}`
    return join(folder, 'segmentation', `${key}${scale}.targets`)
  }

  #keep(file: string, picture: TrainingPicture): void {
    this.#held.set(file, picture)
    this.#bytes += bytesOf(picture)
    for (const [oldest, held] of this.#held) {
      if (this.#bytes <= mostBytes || oldest === file) return
      this.#held.delete(oldest)
      this.#bytes -= bytesOf(held)
    }
  }
}

function bytesOf({ width, height }: TrainingPicture): number {
  return 11 * width * height
}

/** The version of the layout; files of another one are made anew. */
const mark = 'CLTARG01'
const headerBytes = 24

/** A mark, width, height, whether there are ignored pixels, CRC-32 of the rest; image, labels, flows and ignored pixels. */
function pack({ image, labels, flowY, flowX, ignored, width, height }: TrainingPicture): Uint8Array {
  const parts = [image, labels, flowY, flowX, ...(ignored === undefined ? [] : [ignored])]
  const body = Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)))
  const header = Buffer.alloc(headerBytes)
  header.write(mark, 'latin1')
  header.writeUInt32LE(width, 8)
  header.writeUInt32LE(height, 12)
  header.writeUInt32LE(ignored === undefined ? 0 : 1, 16)
  header.writeUInt32LE(crc32(body), 20)
  return Buffer.concat([header, body])
}

/** Undefined where there is none, or one that is damaged or of another version. */
async function read(file: string): Promise<TrainingPicture | undefined> {
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined || bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== mark) return undefined
  const [width, height, hasIgnored] = [bytes.readUInt32LE(8), bytes.readUInt32LE(12), bytes.readUInt32LE(16)]
  const pixels = width * height
  const body = bytes.subarray(headerBytes)
  if (body.length !== pixels * (10 + hasIgnored) || crc32(body) !== bytes.readUInt32LE(20)) return undefined
  const copy = new Uint8Array(body).buffer // aligned for numbers of four bytes
  return {
    image: new Float32Array(copy, 0, pixels),
    labels: new Int32Array(copy, 4 * pixels, pixels),
    flowY: new Int8Array(copy, 8 * pixels, pixels),
    flowX: new Int8Array(copy, 9 * pixels, pixels),
    ...(hasIgnored === 1 && { ignored: new Uint8Array(copy, 10 * pixels, pixels) }),
    width,
    height
  }
}
