import { type Canvas } from './canvas.ts'
import { type Colour } from './label-colours.ts'

/** A bare machine may have no font at all, so captions are drawn with pen strokes, like letters on a plan. */
export interface TextStyle {
  /** Height of a capital letter in pixels. */
  readonly capHeight: number
  readonly colour: Colour
}

/** Draws one line of text; x and y are the left upper corner of its capitals, in pixels. */
export function drawText(canvas: Canvas, text: string, x: number, y: number, style: TextStyle): void {
  const unit = style.capHeight / capUnits
  let left = x
  for (const glyph of glyphsOf(text)) {
    for (const stroke of glyph.strokes) {
      drawStroke(
        canvas,
        stroke.map(([px, py]) => [left + px * unit, y + py * unit] as const),
        0.62 * unit,
        style.colour
      )
    }
    left += (glyph.width + spacing) * unit
  }
}

/** Width of a line in pixels. */
export function textWidth(text: string, capHeight: number): number {
  const units = glyphsOf(text).reduce((sum, { width }) => sum + width + spacing, 0)
  return Math.ceil((Math.max(0, units - spacing) * capHeight) / capUnits)
}

type Point = readonly [number, number]

interface Glyph {
  readonly width: number
  readonly strokes: readonly (readonly Point[])[]
}

const capUnits = 8
const spacing = 2.2

/**
 * Pen strokes on a grid: each point is two digits (hexadecimal), x to the right and y down; capitals stand from 0 to 8,
 * small letters begin at 3, descenders end at a. Strokes are separated by commas; a single point is a dot.
 */
const alphabet: Readonly<Record<string, string>> = {
  A: '08 30 68,15 55',
  B: '44 53 51 40 00 08 48 57 55 44 04',
  C: '61 50 10 01 07 18 58 67',
  D: '00 08 38 57 66 62 51 30 00',
  E: '50 00 08 58,04 44',
  F: '50 00 08,04 44',
  G: '61 50 10 01 07 18 58 67 64 44',
  H: '00 08,60 68,04 64',
  I: '00 08',
  J: '40 46 38 18 06',
  K: '00 08,60 05,23 68',
  L: '00 08 58',
  M: '08 00 35 60 68',
  N: '08 00 68 60',
  O: '10 50 61 67 58 18 07 01 10',
  P: '08 00 40 51 53 44 04',
  Q: '10 50 61 67 58 18 07 01 10,46 68',
  R: '08 00 40 51 53 44 04,34 58',
  S: '51 40 10 01 03 14 44 55 57 48 18 07',
  T: '00 60,30 38',
  U: '00 07 18 48 57 50',
  V: '00 38 60',
  W: '00 28 41 68 80',
  X: '00 68,60 08',
  Y: '00 34 60,34 38',
  Z: '00 60 08 68',
  a: '04 13 33 44 48,45 15 06 07 18 38 47',
  b: '00 08,04 13 33 44 47 38 18 07',
  c: '44 33 13 04 07 18 38 47',
  d: '40 48,44 33 13 04 07 18 38 47',
  e: '06 46 44 33 13 04 07 18 38 47',
  f: '30 20 11 18,03 33',
  g: '43 49 3a 1a 09,44 33 13 04 07 18 38 47',
  h: '00 08,04 13 33 44 48',
  i: '03 08,01',
  j: '23 29 1a 0a,21',
  k: '00 08,43 06,25 48',
  l: '00 07 18',
  m: '03 08,04 13 23 34 38,34 43 53 64 68',
  n: '03 08,04 13 33 44 48',
  o: '13 33 44 47 38 18 07 04 13',
  p: '03 0a,04 13 33 44 47 38 18 07',
  q: '43 4a,44 33 13 04 07 18 38 47',
  r: '03 08,05 14 23 33',
  s: '44 33 13 04 15 36 47 38 18 07',
  t: '10 17 28 38,03 33',
  u: '03 07 18 38 47,43 48',
  v: '03 28 43',
  w: '03 18 34 58 63',
  x: '03 48,43 08',
  y: '03 28,43 1a 0a',
  z: '03 43 08 48',
  0: '10 40 51 57 48 18 07 01 10',
  1: '02 20 28',
  2: '01 10 40 51 53 08 58',
  3: '01 10 40 51 53 44 24,44 55 57 48 18 07',
  4: '48 40 05 65',
  5: '50 00 03 43 54 57 48 18 07',
  6: '51 40 10 01 07 18 48 57 55 44 14 05',
  7: '00 50 18',
  8: '14 03 01 10 40 51 53 44 14 05 07 18 48 57 55 44',
  9: '07 18 48 57 51 40 10 01 03 14 44 53',
  ' ': '',
  '-': '05 35',
  '–': '05 45',
  '—': '05 65',
  _: '0a 5a',
  '.': '08',
  ',': '18 0a',
  ':': '04,08',
  ';': '14,18 0a',
  '/': '09 40',
  '\\': '00 49',
  '|': '00 0a',
  '(': '20 02 07 29',
  ')': '00 22 27 09',
  '[': '20 00 09 29',
  ']': '00 20 29 09',
  '+': '05 45,23 27',
  '*': '12 16,03 25,23 05',
  '×': '04 48,44 08',
  '=': '04 44,06 46',
  '<': '42 05 48',
  '>': '02 45 08',
  '~': '06 15 36 45',
  '#': '20 18,50 48,03 63,05 65',
  '%': '60 08,10 21 12 01 10,56 67 58 47 56',
  '&': '68 12 01 10 21 22 05 07 18 38 65',
  '°': '10 21 12 01 10',
  '·': '05',
  "'": '00 02',
  '"': '00 02,20 22',
  '!': '00 05,08',
  '?': '01 10 30 41 42 25 26,28',
  ß: '08 01 10 30 41 43 24 34 45 47 38 28',
  µ: '03 0a,07 18 38 47,43 48',
  μ: '03 0a,07 18 38 47,43 48'
}
const unknown = '00 50 58 08 00'

const glyphs = new Map(Object.entries(alphabet).map(([character, strokes]) => [character, parseGlyph(strokes)]))
const box = parseGlyph(unknown)

/** Accents are left out and raised digits lowered; other characters that the pen does not know become a box. */
function glyphsOf(text: string): Glyph[] {
  return Array.from(text.normalize('NFKD').replace(/\p{M}/gu, ''), (character) => glyphs.get(character) ?? box)
}

function parseGlyph(text: string): Glyph {
  const strokes = text.split(',').map((stroke) =>
    stroke
      .split(' ')
      .filter((point) => point !== '')
      .map((point): Point => [parseInt(point.charAt(0), 16), parseInt(point.charAt(1), 16)])
  )
  const widths = strokes.flat().map(([x]) => x)
  return { strokes, width: widths.length === 0 ? 2 : Math.max(...widths) }
}

/** A line with round ends and corners; its edge is smoothed over one pixel. */
function drawStroke(canvas: Canvas, points: readonly Point[], radius: number, colour: Colour): void {
  const [first] = points
  if (!first) return
  const margin = Math.ceil(radius) + 1
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  for (let y = Math.floor(Math.min(...ys)) - margin; y <= Math.max(...ys) + margin; y++) {
    for (let x = Math.floor(Math.min(...xs)) - margin; x <= Math.max(...xs) + margin; x++) {
      const distance = distanceTo(points.length === 1 ? [first, first] : points, x + 0.5, y + 0.5)
      canvas.blend(x, y, colour, radius + 0.5 - distance)
    }
  }
}

function distanceTo(points: readonly Point[], x: number, y: number): number {
  let nearest = Infinity
  for (const [i, [bx, by]] of points.entries()) {
    const [ax, ay] = points[i - 1] ?? [bx, by]
    const [dx, dy] = [bx - ax, by - ay]
    const length = dx * dx + dy * dy
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length))
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy))
  }
  return nearest
}
