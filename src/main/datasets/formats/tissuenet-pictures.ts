import { basename } from 'node:path'
import { refuse } from '../../../shared/errors.ts'
import { type NpyData } from '../../files/npz.ts'
import { NpzRows } from '../../files/npz-rows.ts'
import { type LabelImage } from '../../images/label-image.ts'
import { checkSize, type Picture, type PixelArray } from '../../images/picture.ts'
import { type Log } from '../import-log.ts'
import { type Objects, type ReadImage } from '../source-image.ts'

/** Channels of `y`: the order is not that of `X`, whose first channel is the nuclear stain. */
const labelChannel = { cells: 0, nuclei: 1 } as const

/** Gives out the pictures of one archive in ascending order. */
export class TissuenetPictures {
  readonly count: number
  readonly #path: string
  readonly #objects: Objects
  readonly #log: Log
  #rows: { readonly x: NpzRows; readonly y: NpzRows } | undefined
  /** How often the labels said to be nuclei cover more than those said to be cells, and how often not. */
  readonly #sizes = { swapped: 0, right: 0 }

  constructor(path: string, count: number, objects: Objects, log: Log) {
    this.#path = path
    this.count = count
    this.#objects = objects
    this.#log = log
  }

  async read(index: number): Promise<ReadImage> {
    this.#rows ??= { x: await NpzRows.open(this.#path, 'X'), y: await NpzRows.open(this.#path, 'y') }
    const { x, y } = this.#rows
    const [height = 0, width = 0, stains = 1] = x.rowShape
    checkSize(this.#path, width, height)
    const picture = this.#toPicture(await x.row(index), width, height, stains)
    const labels = { width, height, labels: this.#toLabels(await y.row(index), y.rowShape[2] ?? 1) }
    return withoutBorders(picture, labels, `picture ${index} of ${basename(this.#path)}, exact values`)
  }

  close(): Promise<void> {
    this.#rows?.x.close()
    this.#rows?.y.close()
    this.#rows = undefined
    if (this.#sizes.swapped > this.#sizes.right) {
      this.#log.warn(
        'In most of its pictures the labels that should mark nuclei cover more than those of whole cells: they may be stored the other way round. Which of the two is a cell can be chosen.',
        basename(this.#path)
      )
    }
    return Promise.resolve()
  }

  #toPicture(values: NpyData, width: number, height: number, stains: number): Picture {
    const data = exactPixels(values)
    if (!data) {
      throw refuse(`${this.#path} holds pictures with negative values.`, {
        file: this.#path,
        next: 'Save X as floats, or as integers from 0 up.'
      })
    }
    const bits = data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32
    return stains === 2
      ? { width, height, channels: 2, bits, data, stains: true }
      : { width, height, channels: 1, bits, data }
  }

  #toLabels(values: NpyData, marks: number): Uint32Array {
    if (marks === 2) this.#compareSizes(values)
    const channel = marks === 2 ? labelChannel[this.#objects] : 0
    const ids = new Uint32Array(values.length / marks)
    for (let i = 0; i < ids.length; i++) {
      const value = values[i * marks + channel] ?? 0
      if (!(Number.isInteger(value) && value >= 0 && value <= 0xffffffff)) {
        throw refuse(`${this.#path}, array y holds values that are not whole numbers from 0 up.`, { file: this.#path })
      }
      ids[i] = value
    }
    return ids
  }

  #compareSizes(values: NpyData): void {
    let [cells, nuclei] = [0, 0]
    for (let i = 0; i + 1 < values.length; i += 2) {
      if (values[i] !== 0) cells++
      if (values[i + 1] !== 0) nuclei++
    }
    if (nuclei > cells) this.#sizes.swapped++
    else this.#sizes.right++
  }
}

/** The same values; 64-bit floats are rounded to 32. `undefined` where integers are negative. */
function exactPixels(values: NpyData): PixelArray | undefined {
  if (values instanceof Float32Array || values instanceof Uint32Array) return values
  if (values instanceof Uint8Array || values instanceof Uint16Array) return values
  if (values instanceof Float64Array) return Float32Array.from(values)
  if (values.some((value) => value < 0)) return undefined
  if (values instanceof Int8Array) return Uint8Array.from(values)
  return values instanceof Int16Array ? Uint16Array.from(values) : Uint32Array.from(values)
}

/** Pictures were padded with black to equal sizes: what was never imaged teaches a network nothing. */
function withoutBorders(picture: Picture, labels: LabelImage, taken: string): ReadImage {
  const box = contentBox(picture)
  if (box.width === picture.width && box.height === picture.height) return { picture, labels, taken }
  return {
    picture: cropPicture(picture, box),
    labels: cropLabels(labels, box),
    taken: `${taken}, without black borders: ${box.width}×${box.height} from (${box.x}, ${box.y})`
  }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The smallest box around all pixels that are not black in every channel; everything, where all is black. */
function contentBox({ width, height, channels, data }: Picture): Box {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let i = 0; i < data.length; i++) {
    if (!((data[i] ?? 0) > 0)) continue
    const pixel = Math.floor(i / channels)
    const x = pixel % width
    const y = (pixel - x) / width
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    bottom = y
  }
  if (right < 0) return { x: 0, y: 0, width, height }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

function cropPicture(picture: Picture, box: Box): Picture {
  const { channels, width } = picture
  const data = picture.data.slice(0, box.width * box.height * channels)
  crop(picture.data, data, width * channels, { ...box, x: box.x * channels, width: box.width * channels })
  return { ...picture, width: box.width, height: box.height, data }
}

function cropLabels({ width, labels }: LabelImage, box: Box): LabelImage {
  const cropped = new Uint32Array(box.width * box.height)
  crop(labels, cropped, width, box)
  return { width: box.width, height: box.height, labels: cropped }
}

function crop(from: PixelArray, to: PixelArray, stride: number, { x, y, width, height }: Box): void {
  for (let row = 0; row < height; row++) {
    const start = (y + row) * stride + x
    to.set(from.subarray(start, start + width), row * width)
  }
}
