import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { refuse } from '../../../shared/errors.ts'
import { parseJsonEntry } from '../../files/json-stream.ts'
import { decodeText } from '../../files/loose-json.ts'
import { type Annotation, CellCollector, type CellProblem } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { type CocoCell, readSegmentation } from './coco-cell.ts'
import { settleCrowds } from './coco-crowds.ts'
import { ownIds } from './coco-ids.ts'
import { nameOfAnnotation } from './coco-index.ts'
import { gridOf, type PictureFacts } from './format.ts'
import { mergeAnnotations } from './coco-merge.ts'
import { plainSegmentation } from './coco-segmentation.ts'
import { inPixels } from './coco-shares.ts'

/** The annotations of one image within a COCO file. */
export interface CocoGroup {
  readonly path: string
  /** What the file says of the image's size, in pixels. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** For each annotation its first byte in the file, its length in bytes, and its number in the order of the file. */
  readonly entries: Float64Array
}

/** All that COCO files say of one image: mostly one entry of one file. */
export interface CocoPlace {
  readonly groups: readonly CocoGroup[]
}

/** Reads the cells of one image out of COCO files that were indexed before. */
export async function readCocoCells(
  { groups }: CocoPlace,
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const annotations: Annotation[] = []
  for (const group of groups) {
    const annotation = await readGroup(group, file, picture, log)
    if (annotation) annotations.push(annotation)
  }
  return mergeAnnotations(annotations, file, log)
}

async function readGroup(
  group: CocoGroup,
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const grid = gridOf(picture, group.width, group.height)
  const collector = new CellCollector(basename(group.path), file, log)
  const read = await readAnnotations(group)
  const { ids, repeated, renumbered } = ownIds(read)
  if (renumbered > 0) {
    log.warn(
      `${renumbered} of its cells have the id of another cell of it; they were taken with ids of their own.`,
      file,
      'pictures with cells of one id'
    )
  }
  const pixels = inPixels(read, grid, () =>
    log.warn(
      "All its outlines lie between 0 and 1: they were taken as shares of the picture's width and height.",
      file,
      'pictures with outlines in shares'
    )
  )
  const cells: CocoCell[] = []
  for (const [i, annotation] of read.entries()) {
    const what = `Annotation ${nameOfAnnotation(annotation, group.entries[3 * i + 2] ?? 0)}`
    if (repeated.has(i)) collector.refuse(what, sameAgain)
    else
      cells.push({
        what,
        id: ids[i] ?? 0,
        ...furtherFacts(annotation),
        outline: readSegmentation(pixels(annotation), grid)
      })
  }
  for (const { what, id, outline, isCrowd, more } of settleCrowds(cells, file, log)) {
    collector.add(what, id, outline, { ...more, ...(isCrowd ? { isCrowd } : {}) })
  }
  return collector.finish(grid)
}

const sameAgain: CellProblem = {
  reason: 'has the id of an earlier one',
  kind: 'cells with the id of an earlier one'
}

function furtherFacts({ area, iscrowd }: Readonly<Record<string, unknown>>): Pick<CocoCell, 'isCrowd' | 'more'> {
  return {
    isCrowd: iscrowd === 1 || iscrowd === true || iscrowd === '1',
    more: typeof area === 'number' && Number.isFinite(area) && area > 0 ? { statedArea: area } : {}
  }
}

async function readAnnotations({ path, entries }: CocoGroup): Promise<Readonly<Record<string, unknown>>[]> {
  const texts = await readTexts(path, entries)
  return texts.map((text) => {
    const annotation = parseEntry(path, text) as Readonly<Record<string, unknown>> // an object when it was indexed
    return { ...annotation, segmentation: plainSegmentation(annotation['segmentation']) }
  })
}

function parseEntry(path: string, text: string): unknown {
  try {
    return parseJsonEntry(text)
  } catch (cause) {
    throw refuse(`${path} was changed while it was being read.`, {
      file: path,
      next: 'Import it again when no program is writing to it.',
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
      return cut(entries, (from, length) => decodeText(bytes.subarray(from - start, from - start + length)))
    }
    const texts: string[] = []
    for (let i = 0; i + 2 < entries.length; i += 3) {
      texts.push(decodeText(await readBytes(file, entries[i] ?? 0, entries[i + 1] ?? 0)))
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
