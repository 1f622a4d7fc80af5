/**
 * Evenly spread numbers 0 … 1 that any language can make: the reference numbers of several tests were computed in Python
 * from the same formula (uint32 arithmetic).
 */
export function hashedNumber(i: number, stream: number): number {
  let h = Math.imul(i + 1, 2654435761) ^ Math.imul(stream + 1, 2246822519)
  h ^= h >>> 15
  h = Math.imul(h, 0x2c1b3c6d)
  h ^= h >>> 12
  h = Math.imul(h, 0x297a2d39)
  h ^= h >>> 15
  return (h >>> 0) / 2 ** 32
}
