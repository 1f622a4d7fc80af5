/** Where a square tile lies in its image, and how it is turned when it is taken out. */
export interface TilePlace {
  /** Its left upper corner in the image, in pixels. */
  readonly x: number
  readonly y: number
  /** Its side. */
  readonly size: number
  readonly imageWidth: number
  readonly isMirrored: boolean
  /** 0…3 turns by 90° clockwise, after mirroring. */
  readonly quarterTurns: number
}

/**
 * Copies a tile's pixels out of an image.
 *
 * A turned square is the same square read from another corner in another direction, so nothing is moved twice.
 *
 * @param channels of `pixels`, interleaved
 * @param start where in `into` the tile begins
 */
export function readTile(
  pixels: Uint8Array,
  place: TilePlace,
  channels: number,
  into: Uint8Array,
  start: number
): void {
  const { origin, right, down } = walk(place)
  for (let y = 0; y < place.size; y++) {
    let from = (origin + y * down) * channels
    let to = start + y * place.size * channels
    for (let x = 0; x < place.size; x++) {
      for (let c = 0; c < channels; c++) into[to + c] = pixels[from + c] ?? 0
      from += right * channels
      to += channels
    }
  }
}

/** The pixel that the tile's left upper corner shows, and the steps in the image for one to the right and one down. */
function walk({ x, y, size, imageWidth, isMirrored, quarterTurns }: TilePlace): {
  origin: number
  right: number
  down: number
} {
  let [origin, right, down] = [y * imageWidth + x, 1, imageWidth]
  if (isMirrored) [origin, right] = [origin + (size - 1) * right, -right]
  for (let turn = 0; turn < quarterTurns; turn++) {
    ;[origin, right, down] = [origin + (size - 1) * down, -down, right]
  }
  return { origin, right, down }
}
