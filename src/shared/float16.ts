/** IEEE 754 binary16 → binary32, which holds every one of its values. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) floats[i] = widen(halves[i] ?? 0) // `from` takes five times as long
  return floats
}

function widen(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24 // subnormal
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** binary32 → binary16, rounding to nearest, ties to even; what is too large becomes infinite. */
export function narrowToFloat16(floats: Float32Array): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  return Uint16Array.from(bits, (value) => ((value >>> 16) & 0x8000) | narrowMagnitude(value & 0x7fffffff))
}

function narrowMagnitude(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7e00 // not a number
  if (magnitude >= 0x477ff000) return 0x7c00 // rounds to 65536 or more
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴ a half is a multiple of 2⁻²⁴, and so is the last bit of a float in [½, 1).
    const shifted = new Float32Array(new Uint32Array([magnitude]).buffer)
    shifted[0] = (shifted[0] ?? 0) + 0.5
    return (new Uint32Array(shifted.buffer)[0] ?? 0) - 0x3f000000
  }
  const toEven = 0xfff + ((magnitude >>> 13) & 1)
  return ((magnitude + toEven) >>> 13) - (112 << 10)
}
