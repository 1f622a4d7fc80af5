/** Where a chart is drawn, in pixels. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
}

/** A value that is written at an axis, and where along it. */
export interface Tick {
  readonly at: number
  readonly value: number
}

/** Tenths of a pixel are enough. */
export function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
