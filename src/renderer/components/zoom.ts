/** What part of a picture is seen: a scale, and where its left upper corner stands, in pixels of the screen. */
export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const most = 32 // screen pixels a pixel of the picture

/** All of the picture, in the middle. */
export function wholeView(picture: Size, stage: Size): View {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height)
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 }
}

/** Nearer or farther, with the pixel at a place of the stage kept where it is. */
export function zoomed(
  view: View,
  factor: number,
  at: { readonly x: number; readonly y: number },
  bounds: { readonly picture: Size; readonly stage: Size }
): View {
  const least = wholeView(bounds.picture, bounds.stage).scale
  const scale = Math.min(Math.max(view.scale * factor, least), Math.max(most, least))
  const kept = scale / view.scale
  return held({ scale, x: at.x - (at.x - view.x) * kept, y: at.y - (at.y - view.y) * kept }, bounds)
}

/** Moved as far as the picture still fills the stage; what is smaller than it stays in the middle. */
export function moved(
  view: View,
  dx: number,
  dy: number,
  bounds: { readonly picture: Size; readonly stage: Size }
): View {
  return held({ ...view, x: view.x + dx, y: view.y + dy }, bounds)
}

function held({ scale, x, y }: View, { picture, stage }: { readonly picture: Size; readonly stage: Size }): View {
  return { scale, x: within(x, picture.width * scale, stage.width), y: within(y, picture.height * scale, stage.height) }
}

function within(start: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2
  return Math.min(0, Math.max(room - length, start))
}

/** The pixel of the picture at a place of the stage, or undefined beside it. */
export function pixelAt(
  { scale, x, y }: View,
  at: { readonly x: number; readonly y: number },
  { width, height }: Size
): { readonly x: number; readonly y: number } | undefined {
  const [column, row] = [Math.floor((at.x - x) / scale), Math.floor((at.y - y) / scale)]
  const isInside = column >= 0 && row >= 0 && column < width && row < height
  return isInside ? { x: column, y: row } : undefined
}
