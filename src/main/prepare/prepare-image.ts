import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { StoredCell, type ValueRange } from '../../shared/datasets.ts'
import { type MaskCounts, type MaskSettings, paperMaskSettings } from '../../shared/masks.ts'
import { readFile } from 'node:fs/promises'
import { type Brightness, toEightBit, valueRanges } from '../images/eight-bit.ts'
import { encodeGrayPng8, encodeLabelPng8, encodeRgbPng } from '../images/png-encode.ts'
import { readPicture } from '../images/read.ts'
import { scaleDown } from '../images/scale.ts'
import { observeCells, type ObservedCells } from '../masks/area-filter.ts'
import { decodeGrayMask } from '../masks/decode.ts'
import { applyGrayLevels, grayLevels } from '../masks/gray-levels.ts'
import { type GrayMask, makeGrayMask } from '../masks/gray-mask.ts'
import { instanceIous } from '../masks/instance-iou.ts'
import { type Cell } from '../masks/overlap-graph.ts'
import { rleArea, rleFromLabel, scaledSize, scaleRle } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type ImageMatches, livecellPrecision, matchImage } from '../study/coco-matching.ts'

/** One image for the mask pipeline: where it is, where its picture and mask go, and the choices. */
export interface PrepareTask {
  readonly imageId: number
  readonly imageFile: string
  readonly cellsFile: string
  readonly width: number
  readonly height: number
  readonly pictureOut: string
  readonly maskOut: string
  readonly mask: MaskSettings
  readonly scale: number
  readonly tile: number
  readonly channels: 'gray' | 'rgb'
  readonly brightness: Brightness
}

export interface PreparedOutcome {
  readonly imageId: number
  readonly width: number
  readonly height: number
  readonly counts: MaskCounts
  /** The values that became 0…255; absent where the picture had 8 bits. */
  readonly ranges: ValueRange[] | undefined
  /** Whether the whole picture is of one gray or colour. */
  readonly isFlat: boolean
  /** Cells that scaling left without a pixel. */
  readonly vanished: number
  /** Mask → decode → matches with the source, for the chosen settings and for the paper's literal ones. */
  readonly matches: ImageMatches | undefined
  readonly matchesPaper: ImageMatches | undefined
  readonly observed: ObservedCells
}

interface SourceCell extends Cell {
  readonly isCrowd: boolean
  /** What evaluation takes as its area, in px² of the scaled image. */
  readonly truthArea: number
}

/** Prepares one image: writes its 8-bit picture and its label indices, and measures what the mask gives back. */
export async function prepareImage(task: PrepareTask): Promise<PreparedOutcome> {
  const { ranges, isFlat } = await writePicture(task)
  const cells = await readCells(task)
  const size = { width: scaledSize(task.width, task.scale), height: scaledSize(task.height, task.scale) }
  const drawn = cells.filter((cell) => !cell.isCrowd)

  // The gray mask: label indices now, gray values at load time.
  const gray = makeGrayMask(drawn, size, task.mask)
  await writeFile(task.maskOut, encodeLabelPng8(gray.levels, size.width, size.height))

  // The round trip, before any training: a perfect generator would score this.
  const paper = makeGrayMask(drawn, size, {
    ...paperMaskSettings,
    maxCover: task.mask.maxCover,
    grayLevels: task.mask.grayLevels
  })
  return {
    imageId: task.imageId,
    ...size,
    counts: countsOf(drawn, gray),
    ranges,
    isFlat,
    vanished: gray.empty.length,
    matches: roundTrip(task, cells, gray, size),
    matchesPaper: roundTrip(task, cells, paper, size),
    observed: observeCells(gray.owners, size.width, size.height, task.tile)
  }
}

async function writePicture(task: PrepareTask): Promise<Pick<PreparedOutcome, 'ranges' | 'isFlat'>> {
  const { imageFile, pictureOut, scale, brightness, channels } = task
  const picture = await readPicture(imageFile)
  const ranges = typeof brightness === 'string' ? valueRanges(picture, brightness) : [...brightness]
  const bytes = toEightBit(picture, ranges, channels)
  const planes = channels === 'rgb' ? 3 : 1
  const scaled = scaleDown({ pixels: bytes, width: picture.width, height: picture.height, channels: planes }, scale)
  const encode = channels === 'rgb' ? encodeRgbPng : encodeGrayPng8
  await writeFile(pictureOut, encode(scaled.pixels, scaled.width, scaled.height))
  const { pixels } = scaled
  return {
    ranges: picture.bits === 8 ? undefined : ranges,
    isFlat: pixels.every((value, i) => value === pixels[i % planes])
  }
}

async function readCells({ cellsFile, width, height, scale }: PrepareTask): Promise<SourceCell[]> {
  const stored = z.array(StoredCell).parse(JSON.parse(await readFile(cellsFile, 'utf8')))
  return stored.map(({ id, counts, statedArea, isCrowd }) => {
    const original = rleFromString(counts, height, width)
    const raster = scale === 1 ? original : scaleRle(original, scale)
    const area = rleArea(raster)
    return { id, raster, area, isCrowd: isCrowd === true, truthArea: scale === 1 ? (statedArea ?? area) : area }
  })
}

function countsOf(cells: readonly Cell[], gray: GrayMask): MaskCounts {
  return {
    images: 1,
    cells: cells.length,
    removedByCover: gray.removed.length,
    droppedByCap: gray.dropped.length,
    painted: gray.painted,
    labelsNeeded: gray.labelsNeeded
  }
}

/** What comes back when the mask is read as a synthetic one is: decoded to instances and matched with the source. */
function roundTrip(
  { imageId, mask }: PrepareTask,
  cells: readonly SourceCell[],
  gray: GrayMask,
  { width, height }: { readonly width: number; readonly height: number }
): ImageMatches | undefined {
  const grays = applyGrayLevels(gray.levels, grayLevels(mask.grayLevels))
  const { labels } = decodeGrayMask(grays, width, height, mask.grayLevels)
  const found = [...rleFromLabel(labels, width, height).values()]
  return matchImage(
    {
      imageId,
      truths: cells.map(({ truthArea, isCrowd }) => ({ category: 1, area: truthArea, isCrowd })),
      detections: found.map((rle) => ({ category: 1, area: rleArea(rle), score: 1 })),
      ious: instanceIous(
        found,
        cells.map(({ raster }) => raster),
        cells.map(({ isCrowd }) => isCrowd)
      )
    },
    [1],
    livecellPrecision
  )
}
