import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { StoredCell } from '../../shared/datasets.ts'
import { type CellAnswer, type CellLook, type PictureCollection, type PictureLook } from '../../shared/pictures.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { readLabelImage } from '../images/label-image.ts'
import { readPicture } from '../images/read.ts'
import { drawCell, drawOverlay, drawPicture, type Overlay } from '../images/view.ts'
import { labelComponents } from '../masks/components.ts'
import { paintRle, rleArea } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'

/** A picture of a set, and where its cells are. Paths are whole. */
export interface PicturePlace {
  readonly collection: PictureCollection
  readonly imageFile: string
  /** Cells of a data set, or the mask of the other kinds; absent where nobody said where cells are. */
  readonly cellsFile?: string | undefined
  readonly width: number
  readonly height: number
}

export interface ViewTask {
  readonly place: PicturePlace
  readonly look: PictureLook | CellLook
  readonly out: string
}

/** Where the picture and the cells of a set's picture are. */
export function placeOf(
  collection: PictureCollection,
  folder: string,
  image: { readonly id?: number; readonly file: string; readonly annotated?: boolean; width: number; height: number }
): PicturePlace {
  const { id = 0, file, annotated = true, width, height } = image
  const cellsFile = collection === 'datasets' ? join(folder, 'cells', `${id}.json`) : join(folder, 'masks', file)
  return {
    collection,
    imageFile: join(folder, 'images', file),
    cellsFile: annotated ? cellsFile : undefined,
    width,
    height
  }
}

/** Draws what is to be looked at of a picture into a file. */
export async function drawView({ place, look, out }: ViewTask): Promise<void> {
  await writeFileAtomic(out, await draw(place, look))
}

async function draw(place: PicturePlace, look: PictureLook | CellLook): Promise<Buffer> {
  switch (look) {
    case 'thumbnail':
      return drawPicture(await readPicture(place.imageFile), 'small', true)
    case 'picture':
      return drawPicture(await readPicture(place.imageFile), 'whole', true)
    case 'plain':
      return drawPicture(await readPicture(place.imageFile), 'whole', false)
    case 'thumbnail-outlines':
      return drawOverlay((await readCells(place)).overlay, 'small', 'edges')
    case 'thumbnail-labels':
      return drawOverlay((await readCells(place)).overlay, 'small', 'areas')
    case 'outlines':
      return drawOverlay((await readCells(place)).overlay, 'whole', 'edges')
    case 'labels':
      return drawOverlay((await readCells(place)).overlay, 'whole', 'areas')
    default: {
      const { overlay, ids } = await readCells(place)
      const wanted = Number(look.slice('cell-'.length))
      return drawCell(overlay, ids === undefined ? wanted : ids.indexOf(wanted) + 1)
    }
  }
}

interface CellQuestion {
  readonly place: PicturePlace
  readonly x: number
  readonly y: number
}

/** The cell at a pixel: the one that lies on top where several do. */
export async function cellAt({ place, x, y }: CellQuestion): Promise<CellAnswer> {
  const { overlay, ids, areas } = await readCells(place)
  const label = x < overlay.width && y < overlay.height ? (overlay.labels[y * overlay.width + x] ?? 0) : 0
  if (label === 0) return {}
  const idOf = (each: number) => ids?.[each - 1] ?? each
  const area = areas?.[label - 1] ?? overlay.labels.filter((each) => each === label).length
  const neighbours = [...neighboursOf(overlay, label)].map(idOf).sort((a, b) => a - b)
  return { cell: { id: idOf(label), area, neighbours } }
}

const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy })))

/** The labels of which a pixel shares a side or a corner with one of this label. */
function neighboursOf({ labels, width, height }: Overlay, label: number): Set<number> {
  const found = new Set<number>()
  for (let at = labels.indexOf(label); at !== -1; at = labels.indexOf(label, at + 1)) {
    for (const { dx, dy } of around) {
      const [x, y] = [(at % width) + dx, Math.floor(at / width) + dy]
      if (x >= 0 && y >= 0 && x < width && y < height) found.add(labels[y * width + x] ?? 0)
    }
  }
  found.delete(0)
  found.delete(label)
  return found
}

interface Cells {
  readonly overlay: Overlay
  /** Of a data set: the annotation's ids and areas, in the order of labels from 1. */
  readonly ids?: readonly number[]
  readonly areas?: readonly number[]
}

async function readCells({ collection, cellsFile, width, height }: PicturePlace): Promise<Cells> {
  if (cellsFile === undefined) return { overlay: { labels: new Uint32Array(width * height), width, height } }
  if (collection === 'datasets') return paintStored(await readFile(cellsFile, 'utf8'), width, height)
  const mask = await readLabelImage(cellsFile)
  // The mask of a version holds tones, which cells that do not touch share.
  if (collection === 'prepared')
    return { overlay: { ...mask, ...labelComponents(mask.labels, mask.width, mask.height, 4) } }
  return { overlay: mask }
}

function paintStored(text: string, width: number, height: number): Cells {
  const cells = z
    .array(StoredCell)
    .parse(JSON.parse(text))
    .filter(({ isCrowd }) => isCrowd !== true)
    .map(({ id, counts }) => ({ id, raster: rleFromString(counts, height, width) }))
  const labels = new Uint32Array(width * height)
  for (const [i, { raster }] of cells.entries()) paintRle(raster, labels, i + 1)
  return {
    overlay: { labels, width, height },
    ids: cells.map(({ id }) => id),
    areas: cells.map(({ raster }) => rleArea(raster))
  }
}
