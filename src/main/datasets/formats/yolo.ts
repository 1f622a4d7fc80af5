import { basename } from 'node:path'
import { refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import {
  type Annotation,
  CellCollector,
  type CellOutline,
  type CellProblem,
  outlineFromRings,
  type Size
} from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { isFolder, listFiles } from '../picture-files.ts'
import { type CountCategories, type Source, type SourcePlace } from '../source-image.ts'
import { type Format } from './format.ts'
import { findOneFileEach } from './one-file-each.ts'

/**
 * Pictures with YOLO's segmentation text: `images/…/x.jpg` and `labels/…/x.txt`, a line for each cell with its
 * class and its points as shares of width and height. `data.yaml` names the classes. An empty file says that there are
 * no cells; a picture without a file comes in without annotation.
 */
export const yolo: Format = {
  holds: 'YOLO text files of the pictures\' names in a folder "labels"',
  guess: {
    rest: ({ files }) => (files.some(isLabelText) ? 'there are text files in folders named "labels"' : undefined)
  },
  find: findYolo,
  cells: ({ files: [path = ''] }, file, size, log) => readYoloCells(path, file, size, log),
  categories: async ({ files: [path = ''] }) => (await readRows(path)).map(([index]) => String(index))
}

function isLabelText(path: string): boolean {
  return /[/\\]labels[/\\](?:[^/\\]+[/\\])*[^/\\]+\.txt$/i.test(path)
}

async function findYolo(place: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  const names = await readClassNames(place.source)
  return findOneFileEach(place, log, count, {
    endings: ['.txt'],
    what: 'a text file',
    nameOf: (number) => names.get(Number(number)) ?? `class ${number}`,
    cells: (path) => ({ format: 'yolo', files: [path], more: undefined })
  })
}

/** Reads the cells of one image, numbered from 1 by their lines. */
async function readYoloCells(path: string, file: string, size: Size, log: Log): Promise<Annotation | undefined> {
  const cells = new CellCollector(basename(path), file, log)
  const rows = await readRows(path)
  if (rows.length > 0 && rows.every(({ length }) => length === 5)) {
    throw refuse(`${path} contains boxes (five numbers per line), not outlines of cells.`, {
      file: path,
      next: 'Export the labels for segmentation: a line is the class and then x and y of each point.'
    })
  }
  for (const [index, row] of rows.entries()) cells.add(`Line ${index + 1}`, index + 1, outlineOf(row, size))
  return cells.finish(size)
}

function outlineOf([, ...shares]: readonly number[], size: Size): CellOutline | CellProblem {
  if (shares.length === 4) return { reason: 'is a box, not an outline', kind: 'cells that are boxes' }
  const isEven = shares.length % 2 === 0 && shares.every((share) => Number.isFinite(share))
  if (!isEven) return { reason: 'is not a list of x, y pairs', kind: 'lines that are not lists of x, y pairs' }
  if (shares.some((share) => share > 1.5 || share < -0.5)) {
    return {
      reason: 'has points that are not fractions of width and height, from 0 to 1',
      kind: 'cells whose points are not fractions'
    }
  }
  return outlineFromRings([shares.map((share, i) => share * (i % 2 === 0 ? size.width : size.height))], size)
}

/** The numbers of each line that is not empty; NaN for what is no number. */
async function readRows(path: string): Promise<number[][]> {
  const text = (await readInputFile(path, 'list of outlines', limits.text.fileBytes)).toString('utf8')
  return [...text.matchAll(/\S[^\n]*/g)].map(([line]) => line.trim().split(/\s+/).map(Number))
}

/**
 * The class names in `data.yaml`, by their numbers. Three ways of writing are in use: `names: [a, b]`, a list with dashes,
 * and numbers with colons.
 */
async function readClassNames(source: string): Promise<ReadonlyMap<number, string>> {
  if ((await isFolder(source)) !== true) return new Map()
  const file = (await listFiles(source)).find((path) => /[/\\](?:data|dataset)\.ya?ml$/i.test(path))
  return file === undefined
    ? new Map()
    : parseClassNames((await readInputFile(file, 'list of class names', 1 << 20)).toString('utf8'))
}

export function parseClassNames(text: string): ReadonlyMap<number, string> {
  const [, inline = '', block = ''] =
    /^names:[ \t]*([^\r\n]*)\r?\n?((?:[ \t]*-.*\r?\n?|[ \t]+\S.*\r?\n?)*)/m.exec(text) ?? []
  const listed = /^\[(.*)\]/.exec(inline)?.[1]
  if (listed !== undefined) return new Map(listed.split(',').map((name, i) => [i, unquote(name)]))
  const lines = block.split(/\r?\n/).filter((line) => line.trim() !== '')
  return new Map(
    lines.map((line, i) => {
      const [, number, name = ''] = /^\s*(?:-|(\d+)\s*:)\s*(.*)$/.exec(line) ?? []
      return [number === undefined ? i : Number(number), unquote(name)]
    })
  )
}

function unquote(text: string): string {
  return text
    .replace(/\s+#.*$/, '')
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
}
