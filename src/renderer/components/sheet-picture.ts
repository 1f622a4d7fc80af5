import { type Attachment } from 'svelte/attachments'
import { type SheetPiece } from '../../shared/sheet-layout.ts'
import { type PictureSource } from './showing.ts'

export type PieceView = 'picture' | 'outline' | 'mask'

/** One sample of a sheet. */
export interface SheetPart {
  readonly source: PictureSource
  readonly picture: SheetPiece
  readonly mask: SheetPiece | undefined
}

const sheets = new WeakMap<PictureSource, Promise<HTMLImageElement>>() // all samples of a sheet come from one picture

/** Draws one sample of a sheet: its picture, its mask, or the picture with the edges of the mask. */
export function drawing({ source, picture, mask }: SheetPart, view: PieceView): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let isShown = true
    sheetOf(source)
      .then((sheet) => {
        const context = canvas.getContext('2d', { willReadFrequently: true })
        if (!isShown || context === null) return
        const side = picture.side / picture.zoom
        canvas.width = canvas.height = side
        context.imageSmoothingEnabled = false
        const place = (piece: SheetPiece): void =>
          context.drawImage(sheet, piece.left, piece.top, piece.side, piece.side, 0, 0, side, side)
        if (mask === undefined || view === 'picture') {
          place(picture)
          return
        }
        place(mask)
        if (view === 'mask') return
        const grays = context.getImageData(0, 0, side, side)
        place(picture)
        drawEdges(context, grays)
      })
      .catch(() => undefined) // its description stays in its place; why nothing comes, the page says elsewhere
    return () => (isShown = false)
  }
}

function sheetOf(source: PictureSource): Promise<HTMLImageElement> {
  const known = sheets.get(source)
  if (known !== undefined) return known
  const loading = load(source)
  sheets.set(source, loading)
  return loading
}

async function load(source: PictureSource): Promise<HTMLImageElement> {
  const loaded = await source.load()
  const image = new Image()
  image.src = loaded.address
  try {
    await image.decode()
    return image
  } finally {
    loaded.release()
  }
}

/** Grays that differ by less are one tone. */
const sameTone = 24

/**
 * An edge is where the mask goes from a tone to another one; where it takes several pixels to do so, it is where it changes
 * the most.
 */
function drawEdges(context: CanvasRenderingContext2D, { data, width, height }: ImageData): void {
  const gray = (x: number, y: number): number => data[4 * (y * width + x)] ?? 0
  const isEdge = (x: number, y: number, dx: number, dy: number): boolean => {
    const step = (k: number): number =>
      Math.abs(gray(x + k * dx, y + k * dy) - gray(x + (k + 1) * dx, y + (k + 1) * dy))
    return step(0) > sameTone && step(0) >= step(1) && step(0) > step(-1)
  }
  context.fillStyle = '#ffd34d'
  for (let y = 1; y + 2 < height; y++) {
    for (let x = 1; x + 2 < width; x++) {
      if (isEdge(x, y, 1, 0) || isEdge(x, y, 0, 1)) context.fillRect(x, y, 1, 1)
    }
  }
}
