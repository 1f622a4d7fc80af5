import { type AdaParameters } from './ada-parameters.ts'

/** A square matrix, row after row: 3 × 3 for homogeneous pixel positions, 4 × 4 for homogeneous colours. */
export type SquareMatrix = readonly number[]

/** The product of square matrices of equal size. */
export function multiply(...matrices: readonly SquareMatrix[]): SquareMatrix {
  return matrices.reduce((a, b) => {
    const size = Math.sqrt(a.length)
    return a.map((_, index) => {
      const [row, column] = [Math.floor(index / size), index % size]
      let sum = 0
      for (let k = 0; k < size; k++) sum += (a[row * size + k] ?? NaN) * (b[k * size + column] ?? NaN)
      return sum
    })
  })
}

export function translation(x: number, y: number): SquareMatrix {
  return [1, 0, x, 0, 1, y, 0, 0, 1]
}

export function scaling(x: number, y: number): SquareMatrix {
  return [x, 0, 0, 0, y, 0, 0, 0, 1]
}

/** x to the right, y down. */
function rotation(angle: number): SquareMatrix {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return [cosine, -sine, 0, sine, cosine, 0, 0, 0, 1]
}

/**
 * For each sample the matrix that maps a pixel of the result to the pixel of the input it shows (docs/method.md §6.2),
 * with x to the right, y down and the origin in the middle of the picture.
 */
export function geometryMatrices(parameters: AdaParameters): SquareMatrix[] {
  return Array.from(parameters.flip, (flip, n) => {
    const value = (values: Float32Array | Int32Array, index = n) => values[index] ?? NaN
    const scale = value(parameters.scale)
    const anisotropy = value(parameters.anisotropy)
    return multiply(
      scaling(1 - 2 * flip, 1),
      rotation((value(parameters.quarterTurns) * Math.PI) / 2),
      translation(-value(parameters.integerShift, 2 * n), -value(parameters.integerShift, 2 * n + 1)),
      scaling(1 / scale, 1 / scale),
      rotation(value(parameters.rotationBefore)),
      scaling(1 / anisotropy, anisotropy),
      rotation(value(parameters.rotationAfter)),
      translation(-value(parameters.fractionalShift, 2 * n), -value(parameters.fractionalShift, 2 * n + 1))
    )
  })
}

/** Along the gray axis, v = (1, 1, 1, 0)/√3: v·vᵀ. */
const grayAxis: SquareMatrix = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0].map((entry) => entry / 3)
const identity4: SquareMatrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]

/**
 * For each sample the matrix that a colour (r, g, b, 1) is multiplied with (docs/method.md §6.2).
 *
 * @param isColour false leaves out hue and saturation, which gray pictures do not have
 */
export function colorMatrices(parameters: AdaParameters, isColour: boolean): SquareMatrix[] {
  return Array.from(parameters.lumaFlip, (lumaFlip, n) => {
    const value = (values: Float32Array) => values[n] ?? NaN
    const contrast = value(parameters.contrast)
    const gray = multiply(
      combine(identity4, 1, grayAxis, -2 * lumaFlip),
      [contrast, 0, 0, 0, 0, contrast, 0, 0, 0, 0, contrast, 0, 0, 0, 0, 1],
      translation3(value(parameters.brightness))
    )
    if (!isColour) return gray
    const saturation = value(parameters.saturation)
    const saturate = combine(grayAxis, 1 - saturation, identity4, saturation)
    return multiply(saturate, hueRotation(value(parameters.hue)), gray)
  })
}

function combine(a: SquareMatrix, shareA: number, b: SquareMatrix, shareB: number): SquareMatrix {
  return a.map((entry, i) => entry * shareA + (b[i] ?? NaN) * shareB)
}

function translation3(offset: number): SquareMatrix {
  return [1, 0, 0, offset, 0, 1, 0, offset, 0, 0, 1, offset, 0, 0, 0, 1]
}

/** About the gray axis (Rodrigues). */
function hueRotation(angle: number): SquareMatrix {
  const [cosine, turned, part] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3), (1 - Math.cos(angle)) / 3]
  const [same, next, previous] = [cosine + part, part - turned, part + turned]
  return [same, next, previous, 0, previous, same, next, 0, next, previous, same, 0, 0, 0, 0, 1]
}
