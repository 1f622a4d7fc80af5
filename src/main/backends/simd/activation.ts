import {
  add,
  get,
  increase,
  load,
  multiply,
  set,
  store,
  times,
  vectorBytes,
  whereAboveZero,
  type Code
} from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/**
 * y = above·z where z > 0, else below·z, with z = x + bias.
 *
 * Arguments: addresses of x, bias and y; how many vectors of four a pixel and the bias have, and how many pixels there are,
 * none of them zero; above and below.
 */
export function activate(): KernelCode {
  const writer = new KernelWriter()
  const [x, bias, y] = [writer.argument(), writer.argument(), writer.argument()]
  const [vectors, pixels] = [writer.argument(), writer.argument()]
  const [above, below] = [writer.factor(), writer.factor()]
  const [vector, pixel, atBias, z] = [writer.integer(), writer.integer(), writer.integer(), writer.vector()]

  const eachVector: Code = [
    set(z, add(load(get(x)), load(get(atBias)))),
    store(get(y), multiply(get(z), whereAboveZero(get(z), get(above), get(below)))),
    [x, atBias, y].map((address) => increase(address, vectorBytes))
  ]
  const eachPixel: Code = [set(atBias, get(bias)), times(vector, get(vectors), eachVector)]
  return writer.finish('activate', times(pixel, get(pixels), eachPixel))
}

/**
 * dx = above·dy where y > 0, else below·dy.
 *
 * Arguments: addresses of dy, y and dx; how many vectors of four they have, not zero; above and below.
 */
export function passGate(): KernelCode {
  const writer = new KernelWriter()
  const [dy, y, dx] = [writer.argument(), writer.argument(), writer.argument()]
  const vectors = writer.argument()
  const [above, below] = [writer.factor(), writer.factor()]
  const vector = writer.integer()

  const each: Code = [
    store(get(dx), multiply(load(get(dy)), whereAboveZero(load(get(y)), get(above), get(below)))),
    [dy, y, dx].map((address) => increase(address, vectorBytes))
  ]
  return writer.finish('passGate', times(vector, get(vectors), each))
}
