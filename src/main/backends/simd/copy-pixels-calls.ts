import { type Phase } from '../loops/convolution.ts'
import { type ImageShape } from '../loops/fir.ts'
import { CallList } from './calls.ts'
import { kernelIndex } from './kernels.ts'

/**
 * As `writePhase`, for pixels of a multiple of four numbers: a list of calls for each image.
 *
 * @param places addresses of the pixels [N, rows, columns, C] and of the images of `shape`
 */
export function writePhaseCalls(
  places: { readonly source: number; readonly target: number },
  { batch, height, width, channels }: ImageShape,
  { step, firstRow, firstColumn, rows, columns }: Phase
): CallList[] {
  const pixelBytes = channels * Float32Array.BYTES_PER_ELEMENT
  return Array.from({ length: batch }, (_, image) => {
    const source = places.source + pixelBytes * image * rows * columns
    const target = places.target + pixelBytes * ((image * height + firstRow) * width + firstColumn)
    const calls = new CallList()
    const steps = [step * pixelBytes, step * width * pixelBytes]
    calls.add(kernelIndex('copyPixels'), source, target, channels / 4, columns, rows, ...steps)
    return calls
  })
}
