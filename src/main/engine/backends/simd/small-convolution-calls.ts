import { type ImageShape } from '../loops/fir.ts'
import { CallList } from './calls.ts'
import { kernelIndex } from './kernels.ts'
import { rowProductsName } from './row-products.ts'
import { tileRows, tileVectors, tilings } from './tile.ts'

const bytes = Float32Array.BYTES_PER_ELEMENT

/** A kernel [height, width, in, outputs]. */
export interface KernelSize {
  readonly height: number
  readonly width: number
  readonly outputs: number
}

/**
 * y[n, h, w, o] += Σ x[n, h + a, w + b, i]·W[a, b, i, o]: a list of calls for each image. A row of y meets a row of the kernel
 * in one product of matrices, for the pixels of x under it follow each other, as do the taps.
 *
 * @param places addresses of the images x of `shape`, which have their padding already, of the kernel, and of y, which is
 *   smaller by the kernel less one; channels of x and y are multiples of four
 */
export function smallConvolutionCalls(
  places: Record<'x' | 'kernel' | 'y', number>,
  { batch, height, width, channels }: ImageShape,
  kernel: KernelSize
): CallList[] {
  const [rows, columns] = [height - kernel.height + 1, width - kernel.width + 1]
  const [pixelX, pixelY] = [bytes * channels, bytes * kernel.outputs]
  const numbers = kernel.width * channels // of x that make one of y, from each row
  return Array.from({ length: batch }, (_, image) => {
    const calls = new CallList()
    for (let row = 0; row < rows; row++) {
      for (let tapRow = 0; tapRow < kernel.height; tapRow++) {
        const a = places.x + pixelX * width * (image * height + row + tapRow)
        const b = places.kernel + pixelY * numbers * tapRow
        const c = places.y + pixelY * columns * (image * rows + row)
        addProducts(calls, { a, b, c, columns, numbers, pixelX, pixelY })
      }
    }
    return calls
  })
}

interface Products extends Record<'a' | 'b' | 'c', number> {
  /** Pixels of y. */
  readonly columns: number
  readonly numbers: number
  /** Bytes of a pixel of x and of y. */
  readonly pixelX: number
  readonly pixelY: number
}

/** c[i, j] += Σ a[i, k]·b[k, j]: whole tiles, then the rest. */
function addProducts(calls: CallList, { a, b, c, columns, numbers, pixelX, pixelY }: Products): void {
  for (const [rows, i, tilesA] of tilings(columns, tileRows)) {
    for (const [vectors, j, tilesB] of tilings(pixelY / 16, tileVectors)) {
      const addresses = [a + pixelX * i, b + 16 * j, c + pixelY * i + 16 * j]
      const index = kernelIndex(rowProductsName(rows, vectors))
      calls.add(index, ...addresses, numbers / 4, pixelX, pixelY, pixelY, tilesA, tilesB)
    }
  }
}
