/** What an ImageJ region for a test says (RoiEncoder, big-endian). */
export interface RoiContent {
  readonly type: number
  readonly left?: number
  readonly top?: number
  readonly right?: number
  readonly bottom?: number
  /** x, y, x, y … from the box's corner. */
  readonly points?: readonly number[]
  /** x, y, x, y … with fractions, from the image's corner. */
  readonly subPixel?: readonly number[]
  /** Floats of a composite's path. */
  readonly path?: readonly number[]
  readonly subtype?: number
  /** x1, y1, x2, y2 of a fitted ellipse or a turned rectangle. */
  readonly axis?: readonly number[]
  readonly parameter?: number
  /** The plane of a stack, counted through all its axes. */
  readonly position?: number
  /** What newer versions write behind the outline. */
  readonly second?: { readonly z?: number; readonly t?: number; readonly name?: string; readonly group?: number }
}

const nothing = { left: 0, top: 0, right: 0, bottom: 0, points: [], subPixel: [], path: [], subtype: 0, axis: [] }

export function roiBytes(content: RoiContent): Buffer {
  const { type, left, top, right, bottom, points, subPixel, path, subtype, axis } = { ...nothing, ...content }
  const isFine = subPixel.length > 0
  const header = Buffer.alloc(64)
  header.write('Iout', 'latin1')
  header.writeInt16BE(228, 4)
  header.writeUInt8(type, 6)
  for (const [at, value] of [top, left, bottom, right].entries()) header.writeInt16BE(value, 8 + 2 * at)
  header.writeUInt16BE((isFine ? subPixel : points).length / 2, 16)
  for (const [at, value] of axis.entries()) header.writeFloatBE(value, 18 + 4 * at)
  header.writeInt32BE(path.length, 36)
  header.writeInt16BE(subtype, 48)
  header.writeUInt16BE(isFine ? 128 : 0, 50)
  if (content.parameter !== undefined) header.writeFloatBE(content.parameter, 52)
  header.writeInt32BE(content.position ?? 0, 56)
  const whole = shorts(isFine ? subPixel.map(Math.round) : points)
  const outline = [whole, floats([...ofAxis(subPixel, 0), ...ofAxis(subPixel, 1)]), floats(path)]
  const first = Buffer.concat([header, ...outline])
  if (!content.second) return first
  first.writeInt32BE(first.length, 60)
  return Buffer.concat([first, secondHeader(content.second, first.length)])
}

function secondHeader(
  { z = 0, t = 0, name = '', group = 0 }: NonNullable<RoiContent['second']>,
  start: number
): Buffer {
  const header = Buffer.alloc(64)
  for (const [i, value] of [z, t, start + header.length, name.length].entries()) header.writeInt32BE(value, 8 + 4 * i)
  header.writeUInt8(group, 30)
  return Buffer.concat([header, Buffer.from(name, 'utf16le').swap16()])
}

function ofAxis(points: readonly number[], axis: 0 | 1): number[] {
  return points.filter((_, i) => i % 2 === axis)
}

function shorts(points: readonly number[]): Buffer {
  const values = [...ofAxis(points, 0), ...ofAxis(points, 1)]
  const bytes = Buffer.alloc(2 * values.length)
  for (const [i, value] of values.entries()) bytes.writeInt16BE(value, 2 * i)
  return bytes
}

function floats(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeFloatBE(value, 4 * i)
  return bytes
}
