/** Part of a picture: rows y … y + height − 1 and columns x … x + width − 1. */
export interface Tile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Of its side, a tile shares about so much with the next one. */
const overlap = 0.1

/** Tiles that cover a picture, by rows: evenly spaced, overlapping by a tenth (Cellpose's `make_tiles`). */
export function tilesOf(width: number, height: number, side: number): Tile[] {
  const columns = startsOf(width, side)
  return startsOf(height, side).flatMap((y) =>
    columns.map((x) => ({ x, y, width: Math.min(side, width), height: Math.min(side, height) }))
  )
}

function startsOf(size: number, side: number): number[] {
  const within = Math.min(side, size)
  const count = size <= side ? 1 : Math.ceil(((1 + 2 * overlap) * size) / side)
  if (count === 1) return [0]
  return Array.from({ length: count }, (_, i) => Math.floor((i * (size - within)) / (count - 1)))
}

/**
 * How much each pixel of a tile counts where tiles are blended: about 1 in the middle, falling towards the borders, the
 * product of one sigmoid an axis (Cellpose's `_taper_mask`). Row-major [height, width], above 0 everywhere.
 */
export function taper(width: number, height: number): Float32Array {
  const [rows, columns] = [taperAlong(height), taperAlong(width)]
  const weights = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) weights[i] = (rows[y] ?? 0) * (columns[x] ?? 0)
  }
  return weights
}

/** 20 pixels within the border it is one half, over a length of 7.5 pixels. */
function taperAlong(size: number): Float64Array {
  // Cellpose cuts the taper of a small tile out of the middle of a large one.
  const whole = Math.max(224, size)
  const first = Math.floor(whole / 2) - Math.floor(size / 2)
  return Float64Array.from({ length: size }, (_, i) => {
    const fromCentre = Math.abs(first + i - (whole - 1) / 2)
    return 1 / (1 + Math.exp((fromCentre - (whole / 2 - 20)) / 7.5))
  })
}
