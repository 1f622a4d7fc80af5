import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { refuse } from '../../../shared/errors.ts'
import { type StoredCell } from '../../../shared/datasets.ts'
import { parseJsonEntry } from '../../files/json-stream.ts'
import { type Annotation, CellCollector, type Size } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { readSegmentation } from './coco-cell.ts'

/** The annotations of one image within a COCO file. */
export interface CocoPlace {
  readonly path: string
  /** What the file says of the image's size, in pixels. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** For each annotation its first byte in the file, its length in bytes, and the id to give it. */
  readonly entries: Float64Array
}

/** Reads the cells of one image out of a COCO file that was indexed before. */
export async function readCocoCells(
  place: CocoPlace,
  file: string,
  size: Size,
  log: Log
): Promise<Annotation | undefined> {
  const { path, entries } = place
  const grid = { width: place.width ?? size.width, height: place.height ?? size.height }
  const cells = new CellCollector(basename(path), file, log)
  const texts = await readTexts(path, entries)
  for (const [i, text] of texts.entries()) {
    const id = entries[3 * i + 2] ?? 0
    const annotation = { ...(parseEntry(path, text) as Readonly<Record<string, unknown>>) } // an object when it was indexed
    cells.add(`Annotation ${id}`, id, readSegmentation(annotation['segmentation'], grid), whatElseIsSaid(annotation))
  }
  return cells.finish(grid)
}

function whatElseIsSaid({ area, iscrowd }: Readonly<Record<string, unknown>>): Omit<StoredCell, 'id' | 'counts'> {
  return {
    ...(typeof area === 'number' && Number.isFinite(area) && area > 0 ? { statedArea: area } : {}),
    ...(iscrowd === 1 || iscrowd === true ? { isCrowd: true } : {})
  }
}

function parseEntry(path: string, text: string): unknown {
  try {
    return parseJsonEntry(text)
  } catch (cause) {
    throw refuse(`${path} was changed while it was being read.`, {
      file: path,
      next: 'Import it again when nothing writes to it.',
      cause
    })
  }
}

/** What lies between two annotations of an image is read along, up to this many times what is wanted. */
const mostReadAlong = 4

async function readTexts(path: string, entries: Float64Array): Promise<string[]> {
  const file = await open(path, 'r')
  try {
    const { start, end, wanted } = span(entries)
    if (end - start <= mostReadAlong * wanted) {
      const bytes = await readBytes(file, start, end - start)
      return cut(entries, (from, length) => bytes.toString('utf8', from - start, from - start + length))
    }
    const texts: string[] = []
    for (let i = 0; i + 2 < entries.length; i += 3) {
      texts.push((await readBytes(file, entries[i] ?? 0, entries[i + 1] ?? 0)).toString('utf8'))
    }
    return texts
  } finally {
    await file.close()
  }
}

function span(entries: Float64Array): { start: number; end: number; wanted: number } {
  let [start, end, wanted] = [Infinity, 0, 0]
  for (let i = 0; i + 2 < entries.length; i += 3) {
    const [from = 0, length = 0] = [entries[i], entries[i + 1]]
    start = Math.min(start, from)
    end = Math.max(end, from + length)
    wanted += length
  }
  return { start: Math.min(start, end), end, wanted }
}

function cut(entries: Float64Array, textAt: (from: number, length: number) => string): string[] {
  const texts: string[] = []
  for (let i = 0; i + 2 < entries.length; i += 3) texts.push(textAt(entries[i] ?? 0, entries[i + 1] ?? 0))
  return texts
}

/** Fewer bytes where the file has become shorter; what they hold then is no JSON. */
async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
