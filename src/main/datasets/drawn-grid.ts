import { type DrawnOn, type StoredCell } from '../../shared/datasets.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { type Orientation, shownAt } from '../images/orientation.ts'
import { encodeCounts, rleFromString } from '../masks/rle-string.ts'
import { RunWriter } from '../masks/rle.ts'
import { type Annotation, type Size } from './annotation.ts'
import { type Log, NoteLog } from './import-log.ts'

/** A picture that is to be turned when it is shown, by what its file says. */
export interface TurnedPicture extends Size {
  readonly path: string
  /** As the log is to call it. */
  readonly file: string
  readonly orientation: Orientation
  /** Whether it is usually taken as it is stored: then this is guessed where both would do. */
  readonly isMeasured: boolean
}

/** Reads an annotation on a grid, whatever size it states itself when `isForced`. */
export type ReadOn = (grid: Size, isForced: boolean, log: Log) => Promise<Annotation | undefined>

/**
 * Reads the cells of a picture that is shown turned. Some programs draw on the picture as it is shown, some as it is
 * stored: the grid is taken that the annotation states and its outlines fit; where both would do, nothing is guessed.
 * The cells are given on the grid as it is stored.
 *
 * @param chosen by the user, for all pictures
 * @throws AppError of kind `input` where it cannot be told, or the chosen grid does not fit
 */
export async function readOnItsGrid(
  picture: TurnedPicture,
  chosen: DrawnOn | undefined,
  read: ReadOn,
  log: Log
): Promise<Annotation | undefined> {
  const grids = gridsOf(picture)
  const attempts = { stored: await attempt(grids.stored, read), shown: await attempt(grids.shown, read) }
  const told = chosen ?? (await tell(grids, attempts, read))
  if (told === undefined && !picture.isMeasured) throw undecided(picture)
  const drawnOn = told ?? 'stored'
  if (told === undefined) {
    log.warn(
      `It has an orientation tag (${picture.orientation}), which was not followed: its cells were taken as they are stored.`,
      picture.file,
      'TIFFs with an orientation'
    )
  }
  const { annotation, thrown, notes } = attempts[drawnOn]
  repeat(notes, log)
  if (thrown) throw thrown
  return annotation && drawnOn === 'shown' ? asStored(annotation, picture) : annotation
}

function repeat({ notes: { refused, warnings } }: NoteLog, log: Log): void {
  for (const { file, reason, kind } of refused) log.refuse(file, reason, kind)
  for (const { reason, file, kind } of warnings) log.warn(reason, file, kind)
}

function gridsOf({ width, height, orientation }: TurnedPicture): Record<DrawnOn, Size> {
  const stored = { width, height }
  return { stored, shown: orientation > 4 ? { width: height, height: width } : stored }
}

interface Attempt {
  readonly annotation: Annotation | undefined
  readonly thrown: AppError | undefined
  readonly notes: NoteLog
  /** Cells that lie inside the grid; −1 where it is another grid, or some lie outside. */
  readonly fitting: number
}

async function attempt(grid: Size, read: ReadOn): Promise<Attempt> {
  const notes = new NoteLog()
  try {
    const annotation = await read(grid, true, notes)
    const fits = annotation && isSame(annotation, grid) && annotation.outside === undefined
    return { annotation, thrown: undefined, notes, fitting: fits ? annotation.cells.length : -1 }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
    return { annotation: undefined, thrown, notes, fitting: -1 }
  }
}

/** The only grid on which the cells fit; or the shown one, where its size is not the stored one and is stated. */
async function tell(
  grids: Record<DrawnOn, Size>,
  { stored, shown }: Record<DrawnOn, Attempt>,
  read: ReadOn
): Promise<DrawnOn | undefined> {
  if (stored.fitting === 0 && shown.fitting === 0) return 'stored' // there is nothing to be in a wrong place
  if (!isOn(stored, grids.stored) && !isOn(shown, grids.shown)) return 'stored' // and what is wrong will be said
  if (stored.fitting !== shown.fitting) return stored.fitting > shown.fitting ? 'stored' : 'shown'
  if (isSame(grids.stored, grids.shown)) return undefined
  const stated = await read(grids.stored, false, new NoteLog()).catch(ifRefused)
  return stated && isSame(stated, grids.shown) ? 'shown' : undefined
}

function ifRefused(thrown: unknown): undefined {
  if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
}

function isOn({ annotation }: Attempt, grid: Size): boolean {
  return annotation !== undefined && isSame(annotation, grid)
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}

const turns: Record<Orientation, string> = {
  1: 'as it is stored',
  2: 'mirrored',
  3: 'turned by 180°',
  4: 'upside down',
  5: 'mirrored and turned',
  6: 'turned by 90°',
  7: 'mirrored and turned',
  8: 'turned by 270°'
}

function undecided({ path, orientation }: TurnedPicture): AppError {
  return refuse(
    `${path} is to be shown ${turns[orientation]}, by its EXIF orientation (${orientation}), and its cells could be drawn on it as shown or as stored.`,
    {
      file: path,
      next: 'Choose for all files what the cells were drawn on: most annotation programs show pictures turned, Python and ImageJ take them as stored.',
      remedies: [{ action: 'set-option', option: 'drawnOn' }]
    }
  )
}

/** The same cells on the grid that the pixels are stored on. */
function asStored({ width, height, cells, ...more }: Annotation, picture: TurnedPicture): Annotation {
  const shown = { width, height }
  const stored = { width: picture.width, height: picture.height }
  return { ...more, ...stored, cells: cells.map((cell) => cellAsStored(cell, shown, stored, picture.orientation)) }
}

/** Turning back is turning by the orientation's inverse, which is itself but for quarter turns. */
const inverses: Record<Orientation, Orientation> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 }

function cellAsStored(cell: StoredCell, shown: Size, stored: Size, orientation: Orientation): StoredCell {
  const back = inverses[orientation]
  const { counts } = rleFromString(cell.counts, shown.height, shown.width)
  const places: number[] = []
  let at = 0
  for (const [i, count] of counts.entries()) {
    for (let pixel = at; i % 2 === 1 && pixel < at + count; pixel++) {
      const [x, y] = shownAt(back, shown, Math.floor(pixel / shown.height), pixel % shown.height)
      places.push(x * stored.height + y)
    }
    at += count
  }
  const writer = new RunWriter(stored.height, stored.width)
  for (const place of Float64Array.from(places).sort()) writer.add(place, place + 1)
  return { ...cell, counts: encodeCounts(writer.finish().counts) }
}
