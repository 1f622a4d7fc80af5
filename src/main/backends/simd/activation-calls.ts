import { type LeakySettings } from '../loops/activation.ts'
import { CallList, factor, shareOut } from './calls.ts'
import { kernelIndex } from './kernels.ts'

const vectorBytes = 16

/**
 * As `activate` of the loops, for a multiple of four channels.
 *
 * @param places addresses of x, bias and y
 */
export function activateCalls(
  places: Record<'x' | 'bias' | 'y', number>,
  { pixels, channels }: Record<'pixels' | 'channels', number>,
  { slope, scale }: LeakySettings
): CallList[] {
  const vectors = channels / 4
  return shareOut(pixels, vectors, (first, count) => {
    const start = first * vectors * vectorBytes
    const addresses = [places.x + start, places.bias, places.y + start]
    const calls = new CallList()
    calls.add(kernelIndex('activate'), ...addresses, vectors, count, factor(scale), factor(slope * scale))
    return calls
  })
}

/**
 * As `passGate` of the loops, for a multiple of four numbers.
 *
 * @param places addresses of dy, y and dx
 */
export function passGateCalls(
  places: Record<'dy' | 'y' | 'dx', number>,
  numbers: number,
  { slope, scale }: LeakySettings
): CallList[] {
  return shareOut(numbers / 4, 1, (first, count) => {
    const addresses = [places.dy, places.y, places.dx].map((address) => address + first * vectorBytes)
    const calls = new CallList()
    calls.add(kernelIndex('passGate'), ...addresses, count, factor(scale), factor(slope * scale))
    return calls
  })
}
