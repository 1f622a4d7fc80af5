/** Which items of a long grid are near enough to be there. */
export interface GridWindow {
  readonly columns: number
  readonly first: number
  /** Behind the last one. */
  readonly end: number
  /** Pixels above the first one, and of the whole grid. */
  readonly above: number
  readonly height: number
}

export interface GridShape {
  readonly items: number
  /** Pixels inside the scroller. */
  readonly width: number
  readonly height: number
  readonly scrolled: number
  /** The least width of an item, and what it has below its picture. */
  readonly leastWidth: number
  readonly caption: number
  readonly gap: number
  /** Height over width of a picture. */
  readonly ratio: number
}

const spareRows = 2

export function gridWindow(shape: GridShape): GridWindow {
  const columns = columnsOf(shape)
  const row = rowHeight(shape, columns)
  const rows = Math.ceil(shape.items / columns)
  const firstRow = Math.max(0, Math.floor(shape.scrolled / row) - spareRows)
  const endRow = Math.min(rows, Math.ceil((shape.scrolled + shape.height) / row) + spareRows)
  return {
    columns,
    first: firstRow * columns,
    end: Math.min(shape.items, endRow * columns),
    above: firstRow * row,
    height: rows * row
  }
}

/** How far to scroll so that an item is seen; undefined where it is. */
export function scrollTo(item: number, shape: GridShape): number | undefined {
  const columns = columnsOf(shape)
  const row = rowHeight(shape, columns)
  const top = Math.floor(item / columns) * row
  if (top < shape.scrolled) return top
  return top + row > shape.scrolled + shape.height ? top + row - shape.height : undefined
}

function columnsOf({ width, leastWidth, gap }: GridShape): number {
  return Math.max(1, Math.floor((width + gap) / (leastWidth + gap)))
}

function rowHeight({ width, gap, ratio, caption }: GridShape, columns: number): number {
  return ((width - gap * (columns - 1)) / columns) * ratio + caption + gap
}
