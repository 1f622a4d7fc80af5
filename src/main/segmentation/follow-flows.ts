/** A picture's flows as the decoder follows them: y and x of each pixel side by side, with one row and column more. */
interface FlowMap {
  readonly flows: Float32Array
  readonly width: number
  readonly height: number
}

/** Where pixels come to rest, in the order of `pixels`; rows and columns, without fractions. */
export interface EndPoints {
  readonly endY: Int32Array
  readonly endX: Int32Array
}

interface FlowField {
  /** Unit flows, row-major [height, width]. */
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  readonly width: number
  readonly height: number
}

/**
 * Moves pixels along the flows: steps of size 1 through the bilinear field, p ← p + flow(p), kept within the picture
 * (docs/method.md §12.5). Outside `pixels` the flow counts as 0.
 *
 * Positions are 32-bit numbers, so that a pixel soon comes back to where it was; the steps that are left then need not
 * be made. That is most of them.
 *
 * @param pixels places in the picture, row-major
 */
export function followFlows(field: FlowField, pixels: Int32Array, steps = 200): EndPoints {
  const map = interleave(field, pixels)
  const endY = new Int32Array(pixels.length)
  const endX = new Int32Array(pixels.length)
  const end = new Float32Array(2)
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] ?? 0
    const y = Math.floor(pixel / field.width)
    followOne(map, y, pixel - y * field.width, steps, end)
    endY[i] = end[0] ?? 0
    endX[i] = end[1] ?? 0
  }
  return { endY, endX }
}

/** The last row and column are there twice: positions on them have neighbours that count nothing. */
function interleave({ flowY, flowX, width, height }: FlowField, pixels: Int32Array): FlowMap {
  const columns = width + 1
  const flows = new Float32Array(2 * columns * (height + 1))
  for (const pixel of pixels) {
    const y = Math.floor(pixel / width)
    const x = pixel - y * width
    const place = 2 * (y * columns + x)
    flows[place] = flowY[pixel] ?? 0
    flows[place + 1] = flowX[pixel] ?? 0
  }
  return { flows, width, height }
}

function followOne({ flows, width, height }: FlowMap, y: number, x: number, steps: number, end: Float32Array): void {
  const stride = 2 * (width + 1)
  const lastY = height - 1
  const lastX = width - 1
  // Brent's way to find a circle: a mark is set at steps 1, 2, 4, …, and whoever comes back to it goes round.
  let markY = y
  let markX = x
  let markStep = 0
  let nextMark = 1
  for (let step = 1; step <= steps; step++) {
    const row = Math.floor(y)
    const column = Math.floor(x)
    const place = row * stride + 2 * column
    const flowY = between(flows, place, stride, y - row, x - column)
    const flowX = between(flows, place + 1, stride, y - row, x - column)
    y = Math.fround(Math.min(lastY, Math.max(0, y + flowY)))
    x = Math.fround(Math.min(lastX, Math.max(0, x + flowX)))
    if (y === markY && x === markX) {
      const round = step - markStep
      step = steps - ((steps - step) % round)
      nextMark = Infinity
      markY = -1
    } else if (step === nextMark) {
      markY = y
      markX = x
      markStep = step
      nextMark = 2 * step
    }
  }
  end[0] = y
  end[1] = x
}

/** Bilinear between four pixels, `down` rows and `right` columns (0 … 1) from the first. */
function between(flows: Float32Array, place: number, stride: number, down: number, right: number): number {
  const both = down * right
  return (
    (flows[place] ?? 0) * (1 - down - (right - both)) +
    (flows[place + 2] ?? 0) * (right - both) +
    (flows[place + stride] ?? 0) * (down - both) +
    (flows[place + stride + 2] ?? 0) * both
  )
}
