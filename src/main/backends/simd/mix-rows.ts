import { add, get, increase, load, multiply, set, store, times, vectorBytes, type Code } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/**
 * y = outer·(x₀ + x₃) + inner·(x₁ + x₂) for pixels of four images: the filter [1, 3, 3, 1] along either axis.
 *
 * Arguments: addresses of x₀, x₁, x₂, x₃ and y; how many vectors of four a pixel has and how many pixels there are, none of
 * them zero; the bytes from one pixel to the next in all x, and in y; outer and inner.
 */
export function mixRows(): KernelCode {
  const writer = new KernelWriter()
  const sources = Array.from({ length: 4 }, () => ({ start: writer.argument(), at: writer.integer() }))
  const target = { start: writer.argument(), at: writer.integer() }
  const [vectors, pixels] = [writer.argument(), writer.argument()]
  const [sourceBytes, targetBytes] = [writer.argument(), writer.argument()]
  const [outer, inner] = [writer.factor(), writer.factor()]
  const [vector, pixel] = [writer.integer(), writer.integer()]

  const [x0 = [], x1 = [], x2 = [], x3 = []] = sources.map(({ at }) => load(get(at)))
  const mixed = add(multiply(get(outer), add(x0, x3)), multiply(get(inner), add(x1, x2)))
  const eachVector: Code = [
    store(get(target.at), mixed),
    [...sources, target].map(({ at }) => increase(at, vectorBytes))
  ]
  const eachPixel: Code = [
    [...sources, target].map(({ start, at }) => set(at, get(start))),
    times(vector, get(vectors), eachVector),
    sources.map(({ start }) => increase(start, get(sourceBytes))),
    increase(target.start, get(targetBytes))
  ]
  return writer.finish('mixRows', times(pixel, get(pixels), eachPixel))
}
