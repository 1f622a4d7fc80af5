/** Numbers of one type, as tensors hold them. */
export type Numbers = Float32Array | Int32Array

/** Rows of equal length at equal distances. */
export interface Rows {
  readonly offset: number
  readonly stride: number
}

/** Below this length a loop is faster than the call of a copying function. */
const shortRow = 48

/** Copies `count` rows of `length` numbers. Source and target are of the same type and do not overlap. */
export function copyRows(
  source: Numbers,
  from: Rows,
  target: Numbers,
  to: Rows,
  [count, length]: [number, number]
): void {
  for (let row = 0; row < count; row++) {
    const start = from.offset + row * from.stride
    const end = to.offset + row * to.stride
    if (length < shortRow) for (let i = 0; i < length; i++) target[end + i] = source[start + i] ?? 0
    else target.set(source.subarray(start, start + length), end)
  }
}

/**
 * Copies the block that begins at `begin` and has `size`, both one number for each axis of `shape`.
 *
 * @param target holds exactly the block
 */
export function copyBlock(source: Numbers, shape: number[], begin: number[], target: Numbers, size: number[]): void {
  // Behind the last axis that is cut, source and target are alike; before it, the axes are walked one in another.
  let axis = shape.length - 1
  while (axis > 0 && size[axis] === shape[axis]) axis--
  const inner = product(shape.slice(axis + 1))
  const rowLength = (size[axis] ?? 1) * inner
  const strides = shape.map((_, i) => product(shape.slice(i + 1)))

  const walk = (outer: number, from: number, to: number): void => {
    const count = size[outer] ?? 1
    const stride = strides[outer] ?? 1
    const first = from + (begin[outer] ?? 0) * stride
    if (outer >= axis) copyRows(source, { offset: first, stride: 0 }, target, { offset: to, stride: 0 }, [1, rowLength])
    else if (outer === axis - 1) {
      const start = first + (begin[axis] ?? 0) * inner
      copyRows(source, { offset: start, stride }, target, { offset: to, stride: rowLength }, [count, rowLength])
    } else {
      const step = product(size.slice(outer + 1))
      for (let i = 0; i < count; i++) walk(outer + 1, first + i * stride, to + i * step)
    }
  }
  walk(0, 0, 0)
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1)
}
