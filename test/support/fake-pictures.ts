import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encode } from 'fast-png'
import { RandomStream } from '../../src/shared/random.ts'

interface Ellipse {
  readonly x: number
  readonly y: number
  readonly a: number
  readonly b: number
  readonly turn: number
}

const side = 64
const clear = [0, 0, 0, 0] as const
const colours = [
  [86, 180, 233],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [240, 228, 66]
] as const

/** Writes a drawn cell picture for a grid, and its cells in colours to lie over it. */
export function writeViews(folder: string, position: number): void {
  const cells = drawCells(new RandomStream(position, 'fake cells'))
  write(join(folder, `${position}-thumbnail.png`), side, side, (x, y) => imageTone(cells, x, y, position))
  write(join(folder, `${position}-thumbnail-outlines.png`), side, side, (x, y) => maskColour(cells, x, y) ?? clear)
}

/** Writes a sheet of `rows` × 4 pairs, as a run's sample sheets are. */
export function writeSheet(file: string, rows: number, seed: number): void {
  const pairs = Array.from({ length: rows * 4 }, (_, index) => drawCells(new RandomStream(seed + index, 'fake cells')))
  write(file, side * 8, side * rows, (x, y) => {
    const cells = pairs[Math.floor(y / side) * 4 + Math.floor(x / (2 * side))] ?? []
    const isMask = Math.floor(x / side) % 2 === 1
    const tone = isMask ? grayLevel(cells, x % side, y % side) : imageTone(cells, x % side, y % side, seed)[0]
    return [tone, tone, tone]
  })
}

function drawCells(random: RandomStream): Ellipse[] {
  return Array.from({ length: 4 + random.integer(5) }, () => ({
    x: random.uniform() * side,
    y: random.uniform() * side,
    a: 5 + random.uniform() * 6,
    b: 4 + random.uniform() * 4,
    turn: random.uniform() * Math.PI
  }))
}

/** Below 1 inside the ellipse. */
function depth({ x, y, a, b, turn }: Ellipse, px: number, py: number): number {
  const [dx, dy] = [px - x, py - y]
  const along = dx * Math.cos(turn) + dy * Math.sin(turn)
  const across = dy * Math.cos(turn) - dx * Math.sin(turn)
  return (along / a) ** 2 + (across / b) ** 2
}

function imageTone(cells: readonly Ellipse[], x: number, y: number, seed: number): readonly [number, number, number] {
  const light = cells.reduce((sum, cell) => sum + 150 / (1 + depth(cell, x, y) ** 3), 0)
  const grain = new RandomStream(seed, 'grain', y * side + x).uniform() * 14
  const tone = Math.min(255, 14 + light + grain)
  return [tone, tone, tone]
}

function cellAt(cells: readonly Ellipse[], x: number, y: number): number {
  return cells.findIndex((cell) => depth(cell, x, y) < 1)
}

function grayLevel(cells: readonly Ellipse[], x: number, y: number): number {
  const cell = cellAt(cells, x, y)
  return cell < 0 ? 0 : 64 + (cell % 4) * 60
}

function maskColour(cells: readonly Ellipse[], x: number, y: number): readonly [number, number, number] | undefined {
  return colours[cellAt(cells, x, y) % colours.length]
}

function write(
  file: string,
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number] | typeof clear
): void {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha = 255] = colour(x, y)
      data.set([red, green, blue, alpha], (y * width + x) * 4)
    }
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, encode({ width, height, data, channels: 4 }))
}
