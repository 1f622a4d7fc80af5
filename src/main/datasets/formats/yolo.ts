import { basename, dirname, extname } from 'node:path'
import { refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readInputFile, readStart } from '../../files/input-file.ts'
import { decodeText } from '../../files/loose-json.ts'
import { isPictureName } from '../../images/read.ts'
import {
  type Annotation,
  CellCollector,
  type CellOutline,
  type CellProblem,
  outlineFromRings,
  type Size
} from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { isFolder } from '../picture-files.ts'
import { type CountCategories, type Source, type SourcePlace } from '../source-image.ts'
import { type Format, hasEnding } from './format.ts'
import { findOneFileEach } from './one-file-each.ts'
import { type ClassNames, isClassList, readClassNames, yamlEndings } from './yolo-names.ts'

/**
 * Pictures with YOLO's segmentation text: `images/…/x.jpg` and `labels/…/x.txt`, or the text beside its picture, with a
 * line for each cell: its class and its points as shares of width and height. A YAML file or a list names the classes. An
 * empty file says that there are no cells; a picture without a file comes in without annotation.
 */
export const yolo: Format = {
  holds: 'YOLO text files of the pictures\' names in a folder "labels", or beside them',
  guess: {
    ending: ({ named }) => (named && hasEnding(named.path, ...yamlEndings) ? `${named.words} a YAML file` : undefined),
    rest: async ({ files }) => {
      if (files.some(isLabelText)) return 'there are text files in folders named "labels"'
      const beside = textsBesidePictures(files)[0]
      const isOutlines = beside !== undefined && looksLikeRows(await readStart(beside))
      return isOutlines ? 'beside the pictures there are text files of their names with lists of numbers' : undefined
    }
  },
  find: findYolo,
  cells: ({ files: [path = ''] }, file, size, log) => readYoloCells(path, file, size, log),
  categories: async ({ files: [path = ''] }) => (await readRows(path)).map(({ category }) => category)
}

function isLabelText(path: string): boolean {
  return /[/\\]labels[/\\](?:[^/\\]+[/\\])*[^/\\]+\.txt$/i.test(path)
}

function textsBesidePictures(files: readonly string[]): string[] {
  const stemOf = (path: string) => path.slice(0, path.length - extname(path).length)
  const pictures = new Set(files.filter(isPictureName).map(stemOf))
  return files.filter((path) => hasEnding(path, '.txt') && pictures.has(stemOf(path)))
}

/** Whether a text begins with a whole number and at least four more numbers. */
function looksLikeRows(start: string): boolean {
  return /^\s*\d+(?:[ \t,]+-?\d*\.?\d+(?:e[+-]?\d+)?){4}/i.test(start)
}

/** Texts of a set that mark no cells: lists of names or pictures, and what Roboflow says of it. */
function marksNothing(path: string): boolean {
  return isClassList(path) || /^(?:readme.*|train|val|valid|test|autosplit_.*)\.txt$/i.test(basename(path))
}

async function findYolo(given: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  const isYaml = hasEnding(given.source, ...yamlEndings)
  const place = isYaml ? { ...given, source: dirname(given.source) } : given
  const isWhole = (await isFolder(place.source)) === true
  const names: ClassNames = isWhole ? await readClassNames(place.source, log) : new Map<number, string>()
  const found = await findOneFileEach(place, log, count, {
    endings: ['.txt'],
    what: 'a text file',
    passesOver: marksNothing,
    nameOf: (category) =>
      names.get(Number(category)) ?? (Number.isNaN(Number(category)) ? category : `class ${category}`),
    cells: (path) => ({ format: 'yolo', files: [path], more: undefined })
  })
  if (names.size === 0 && found.images.some(({ category }) => category?.startsWith('class ') === true)) {
    log.warn(
      'No file that can be read gives the names of the classes (data.yaml or classes.txt), so they are called by their numbers.'
    )
  }
  return found
}

/** Reads the cells of one image, numbered from 1 by their lines. */
async function readYoloCells(path: string, file: string, size: Size, log: Log): Promise<Annotation | undefined> {
  const cells = new CellCollector(basename(path), file, log)
  const rows = await readRows(path)
  const { shares, left } = withoutPredictions(rows.map((row) => row.shares))
  if (shares.length > 0 && shares.every(({ length }) => length === 4)) {
    throw refuse(`${path} contains boxes (five numbers per line), not outlines of cells.`, {
      file: path,
      next: 'Export the labels for segmentation: a line is the class and then x and y of each point.'
    })
  }
  if (left > 0) {
    const reason = `The last number of ${left} of its ${rows.length} lines has no partner, or is the number of a track: it was taken for what a prediction says beside the outline (confidence, track), and left out.`
    log.warn(reason, file, 'pictures with confidences or tracks behind the outlines')
  }
  if (shares.length > 0 && shares.every(({ length }) => length === 8)) {
    const reason = 'All its outlines have four corners: they may be turned boxes around the cells, and not the cells.'
    log.warn(reason, file, 'pictures with outlines of four corners')
  }
  for (const [index, row] of shares.entries()) cells.add(`Line ${index + 1}`, index + 1, outlineOf(row, size))
  return cells.finish(size)
}

type Shares = readonly number[]

/**
 * What a prediction writes behind an outline is left out: a confidence from 0 to 1, the whole number of a track, or both.
 *
 * @returns also how many lines had such
 */
function withoutPredictions(all: readonly Shares[]): { readonly shares: readonly Shares[]; readonly left: number } {
  const isTracked = all.length > 0 && all.every((row) => row.length > 6 && Number.isInteger(row.at(-1)))
  const tracks =
    isTracked && all.some((row) => (row.at(-1) ?? 0) > 1) && new Set(all.map((row) => row.at(-1))).size === all.length
  const plain = tracks ? all.map((row) => row.slice(0, -1)) : all
  const odd = plain.filter(hasOneMore)
  const areConfidences = odd.every((row) => (row.at(-1) ?? -1) >= 0 && (row.at(-1) ?? 2) <= 1)
  const shares = areConfidences ? plain.map((row) => (hasOneMore(row) ? row.slice(0, -1) : row)) : plain
  return { shares, left: shares.filter((row, i) => row.length !== all[i]?.length).length }
}

function hasOneMore(row: Shares): boolean {
  return row.length >= 5 && row.length % 2 === 1
}

function outlineOf(shares: Shares, size: Size): CellOutline | CellProblem {
  if (shares.length === 4) return { reason: 'is a box, not an outline', kind: 'cells that are boxes' }
  if (shares.length % 2 === 1)
    return {
      reason: 'has an odd number of coordinates, not x, y pairs',
      kind: 'lines that are not lists of x, y pairs'
    }
  if (!shares.every((share) => Number.isFinite(share)))
    return { reason: 'has coordinates that are no numbers', kind: 'lines with coordinates that are no numbers' }
  if (shares.some((share) => share > 1.5 || share < -0.5)) {
    return {
      reason: 'has points that are not fractions of width and height, from 0 to 1',
      kind: 'cells whose points are not fractions'
    }
  }
  return outlineFromRings([shares.map((share, i) => share * (i % 2 === 0 ? size.width : size.height))], size)
}

interface Row {
  /** The number of the class, or its name. */
  readonly category: string
  /** NaN for what is no number. */
  readonly shares: Shares
}

/** The lines that are not empty, with blanks or commas between their numbers. */
async function readRows(path: string): Promise<Row[]> {
  const text = decodeText(await readInputFile(path, 'list of outlines', limits.text.fileBytes))
  return [...text.matchAll(/\S[^\n]*/g)].map(([line]) => {
    const [first = '', ...others] = line.trim().split(/[\s,;]+/)
    return { category: Number.isNaN(Number(first)) ? first : String(Number(first)), shares: others.map(Number) }
  })
}
