import { type Colour } from './label-colours.ts'
import { type Raster8 } from './scale.ts'

/** An RGB picture to draw on. What lies outside is left out. */
export class Canvas {
  readonly width: number
  readonly height: number
  /** RGB, interleaved, row by row. */
  readonly pixels: Uint8Array

  constructor(width: number, height: number, background: Colour) {
    this.width = width
    this.height = height
    this.pixels = new Uint8Array(width * height * 3)
    for (let i = 0; i < this.pixels.length; i += 3) this.pixels.set(background, i)
  }

  /** Mixes a colour into a pixel; `share` is cut to 0…1. */
  blend(x: number, y: number, colour: Colour, share: number): void {
    if (share <= 0 || x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = (y * this.width + x) * 3
    const part = Math.min(1, share)
    for (const [c, value] of colour.entries()) {
      const old = this.pixels[at + c] ?? 0
      this.pixels[at + c] = Math.round(old + (value - old) * part)
    }
  }

  /** Puts a gray or RGB picture with its left upper corner at x, y, each pixel as a square of `zoom` pixels. */
  place(raster: Raster8, x: number, y: number, zoom = 1): void {
    for (let row = 0; row < raster.height * zoom; row++) {
      for (let column = 0; column < raster.width * zoom; column++) {
        const from = (Math.floor(row / zoom) * raster.width + Math.floor(column / zoom)) * raster.channels
        const to = ((y + row) * this.width + x + column) * 3
        for (let c = 0; c < 3; c++) this.pixels[to + c] = raster.pixels[from + (raster.channels === 3 ? c : 0)] ?? 0
      }
    }
  }
}
