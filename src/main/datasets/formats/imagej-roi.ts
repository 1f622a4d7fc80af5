import { bridgeRings, type CellProblem } from '../annotation.ts'

/** One ImageJ region of interest: its name in ImageJ, and its outline. */
export interface Roi {
  /** Flat: x, y, x, y …, corner coordinates, px. Filled where an odd number of edges lies to one side. */
  readonly ring: readonly number[]
  /** The plane of a stack that it was drawn on, from 1; 0 for none in particular. */
  readonly position: number
  /** The same on each axis of a hyperstack. */
  readonly z: number
  readonly t: number
  readonly name: string
  /** ImageJ's number for regions of a kind; 0 for none. */
  readonly group: number
}

const [polygon, rectangle, oval, freehand, traced] = [0, 1, 2, 7, 8]
const openKinds = new Map([
  [3, 'line'],
  [4, 'line'],
  [5, 'line'],
  [6, 'region without an outline'],
  [9, 'angle'],
  [10, 'set of points']
])
const [ellipse, rotatedRectangle] = [3, 5]
/** Rectangles that hold something else. */
const contents = new Map([
  [1, 'text'],
  [4, 'picture']
])
/** Scale bars and calibration bars, as ImageJ names their parts. */
const bars = new Set(['|SB|', '|CB|'])
const coordinatesStart = 64
const subPixelOption = 128

/**
 * Reads the bytes of a `.roi` file (ImageJ's RoiDecoder, big-endian): polygons, rectangles, ovals, freehand and traced
 * outlines, fitted ellipses, rotated rectangles, and composites.
 */
export function parseRoi(bytes: Buffer): Roi | CellProblem {
  if (bytes.length < coordinatesStart || bytes.toString('latin1', 0, 4) !== 'Iout') {
    return { reason: 'is not an ImageJ region', kind: 'entries that are not ImageJ regions' }
  }
  const kind = openKinds.get(bytes.readUInt8(6))
  if (kind !== undefined)
    return { reason: `is a ${kind}, which encloses nothing`, kind: 'regions that enclose nothing' }
  const content = bytes.readUInt8(6) === rectangle ? contents.get(bytes.readInt16BE(48)) : undefined
  if (content !== undefined) return { reason: `is a ${content} on the picture, and no cell`, kind: lettering }
  const { z, t, name, group } = readSecondHeader(bytes)
  if (bars.has(name)) return { reason: 'is a part of a scale bar, and no cell', kind: lettering }
  try {
    const ring = ringOf(bytes)
    return { ring, position: Math.max(0, bytes.readInt32BE(56)), z, t, name, group }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    return { reason: 'ends before its outline does', kind: 'regions that end before their outline does' }
  }
}

const lettering = 'texts, pictures and scale bars among regions'

const groupAt = 30

/** What newer versions of ImageJ write behind the outline; where there is none, nothing is known. */
function readSecondHeader(bytes: Buffer): Pick<Roi, 'z' | 't' | 'name' | 'group'> {
  const at = bytes.readInt32BE(60)
  if (at < coordinatesStart || at + 24 > bytes.length) return { z: 0, t: 0, name: '', group: 0 }
  const [z, t, start, length] = [8, 12, 16, 20].map((field) => Math.max(0, bytes.readInt32BE(at + field))) as [
    number,
    number,
    number,
    number
  ]
  const name = start + 2 * length <= bytes.length ? bytes.subarray(start, start + 2 * length) : Buffer.alloc(0)
  const group = at + groupAt < bytes.length ? bytes.readUInt8(at + groupAt) : 0
  return { z, t, name: Buffer.from(name).swap16().toString('utf16le'), group }
}

function ringOf(bytes: Buffer): number[] {
  const type = bytes.readUInt8(6)
  const shapeSize = bytes.readInt32BE(36)
  if (type === rectangle && shapeSize > 0) return shapeRing(bytes, shapeSize)
  if (type === rectangle) return boxRing(readBox(bytes))
  if (type === oval) return ovalRing(readBox(bytes))
  if (type === freehand) return freehandRing(bytes)
  return type === polygon || type === traced ? pointRing(bytes, readBox(bytes)) : []
}

/** Fitted ellipses and turned rectangles are kept as freehand outlines of a kind of their own. */
function freehandRing(bytes: Buffer): number[] {
  const subtype = bytes.readInt16BE(48)
  if (subtype === ellipse) return fittedEllipse(bytes)
  return subtype === rotatedRectangle ? turnedRectangle(bytes) : pointRing(bytes, readBox(bytes))
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Coordinates are 16 bits with a sign and wrap beyond 32,767. */
function readBox(bytes: Buffer): Box {
  const [top, left] = [bytes.readInt16BE(8), bytes.readInt16BE(10)]
  const [bottom, right] = [bytes.readInt16BE(12), bytes.readInt16BE(14)]
  const isFine = isSubPixel(bytes) && [rectangle, oval].includes(bytes.readUInt8(6)) && bytes.readInt16BE(4) >= 223
  if (isFine) {
    const [x, y, width, height] = [18, 22, 26, 30].map((at) => bytes.readFloatBE(at)) as [
      number,
      number,
      number,
      number
    ]
    return { left: x, top: y, right: x + width, bottom: y + height }
  }
  return { left, top, right: right < left ? right + 65_536 : right, bottom: bottom < top ? bottom + 65_536 : bottom }
}

function isSubPixel(bytes: Buffer): boolean {
  return (bytes.readUInt16BE(50) & subPixelOption) !== 0
}

function boxRing({ left, top, right, bottom }: Box): number[] {
  return [left, top, right, top, right, bottom, left, bottom]
}

function ovalRing({ left, top, right, bottom }: Box): number[] {
  const [a, b] = [(right - left) / 2, (bottom - top) / 2]
  return roundRing(Math.max(a, b), (angle) => [left + a + a * Math.cos(angle), top + b + b * Math.sin(angle)])
}

/** Points close enough that the ring is nowhere further than a tenth of a pixel from the curve. */
function roundRing(radius: number, pointAt: (angle: number) => [number, number]): number[] {
  const points = Math.min(4096, Math.max(24, Math.ceil(8 * Math.sqrt(radius))))
  return Array.from({ length: points }, (_, i) => pointAt((2 * Math.PI * i) / points)).flat()
}

/** The ends of the long axis, and the short axis as a share of it. */
function fittedEllipse(bytes: Buffer): number[] {
  const { x1, y1, x2, y2, parameter } = readAxis(bytes)
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const [alongX, alongY] = [(x2 - x1) / 2, (y2 - y1) / 2]
  return roundRing(Math.hypot(alongX, alongY), (angle) => {
    const [along, across] = [Math.cos(angle), parameter * Math.sin(angle)]
    return [middleX + along * alongX - across * alongY, middleY + along * alongY + across * alongX]
  })
}

/** The ends of the middle line, and the width in pixels. */
function turnedRectangle(bytes: Buffer): number[] {
  const { x1, y1, x2, y2, parameter } = readAxis(bytes)
  const length = Math.hypot(x2 - x1, y2 - y1)
  const acrossX = (-(y2 - y1) / length) * (parameter / 2)
  const acrossY = ((x2 - x1) / length) * (parameter / 2)
  return [
    [x1 + acrossX, y1 + acrossY],
    [x2 + acrossX, y2 + acrossY],
    [x2 - acrossX, y2 - acrossY],
    [x1 - acrossX, y1 - acrossY]
  ].flat()
}

function readAxis(bytes: Buffer) {
  const [x1, y1, x2, y2] = [18, 22, 26, 30].map((at) => bytes.readFloatBE(at)) as [number, number, number, number]
  return { x1, y1, x2, y2, parameter: bytes.readFloatBE(52) }
}

/** All x, then all y: whole numbers from the box's corner, or after them fractions from the image's corner. */
function pointRing(bytes: Buffer, { left, top }: Box): number[] {
  const count = bytes.readUInt16BE(16) || bytes.readInt32BE(18)
  if (count < 0 || coordinatesStart + 4 * count > bytes.length) throw new RangeError('more points than bytes')
  const ring: number[] = []
  if (isSubPixel(bytes) && bytes.readInt16BE(4) >= 222) {
    const start = coordinatesStart + 4 * count
    for (let i = 0; i < count; i++) {
      ring.push(bytes.readFloatBE(start + 4 * i), bytes.readFloatBE(start + 4 * (count + i)))
    }
    return ring
  }
  for (let i = 0; i < count; i++) {
    const x = bytes.readUInt16BE(coordinatesStart + 2 * i)
    const y = bytes.readUInt16BE(coordinatesStart + 2 * (count + i))
    ring.push(left + x, top + y)
  }
  return ring
}

const curveSteps = 8

/** A composite: a path of moves, lines and curves, as 32-bit floats. Its parts fill by even and odd. */
function shapeRing(bytes: Buffer, size: number): number[] {
  if (coordinatesStart + 4 * size > bytes.length) throw new RangeError('a longer path than bytes')
  const numbers = Array.from({ length: size }, (_, i) => bytes.readFloatBE(coordinatesStart + 4 * i))
  const rings: number[][] = []
  let ring: number[] = []
  let at = 0
  while (at < numbers.length) {
    const command = numbers[at++]
    const length = argumentCounts[command ?? -1]
    if (length === undefined) throw new RangeError('a path with an unknown command')
    const points = numbers.slice(at, at + length)
    at += length
    if (command === 0) rings.push((ring = points))
    else if (command === 1) ring.push(...points)
    else if (command !== 4) ring.push(...curve([...ring.slice(-2), ...points]))
  }
  return bridgeRings(rings.filter(({ length }) => length >= 6))
}

/** Of move, line, quadratic and cubic curve, close. */
const argumentCounts: readonly number[] = [2, 2, 4, 6, 0]

/** Points on a Bézier curve after its first (de Casteljau). */
function curve(controls: readonly number[]): number[] {
  return Array.from({ length: curveSteps }, (_, i) => pointOfCurve(controls, (i + 1) / curveSteps)).flat()
}

function pointOfCurve(controls: readonly number[], t: number): number[] {
  let points = [...controls]
  while (points.length > 2) {
    points = points.slice(0, -2).map((value, i) => value + t * ((points[i + 2] ?? 0) - value))
  }
  return points
}
