import { join } from 'node:path'
import type { Output } from '../../shared/api.ts'
import type { DatasetImage } from '../../shared/datasets.ts'
import { naming } from '../../shared/errors.ts'
import type { BrightnessRule, MaskSettings } from '../../shared/masks.ts'
import { drawnCells } from '../datasets/drawn-cells.ts'
import { outlinedPngText, pngText, shownFactor, showPicture } from '../datasets/shown-picture.ts'
import type { Brightness } from '../images/eight-bit.ts'
import { brightnessOfEach } from '../images/set-brightness.ts'
import { decodeGrayMask } from '../masks/decode.ts'
import { applyGrayLevels, grayLevels } from '../masks/gray-levels.ts'
import { type GrayMask, makeGrayMask } from '../masks/gray-mask.ts'
import { instanceIous } from '../masks/instance-iou.ts'
import type { Cell } from '../masks/overlap-graph.ts'
import { rleBox, rleFromLabel, scaledSize } from '../masks/rle.ts'

type Preview = Output<'prepared.preview'>['pictures'][number]

export interface PreviewInput {
  /** Of the data set. */
  readonly folder: string
  readonly images: readonly DatasetImage[]
  readonly mask: MaskSettings
  readonly scale: number
  readonly brightness: BrightnessRule | undefined
  readonly channels: 'gray' | 'rgb' | undefined
}

/** What would become of some images, to look at before all are prepared. */
export async function previewMasks(input: PreviewInput, signal: AbortSignal): Promise<Output<'prepared.preview'>> {
  const { folder, images } = input
  const files = images.map(({ file }) => join(folder, 'images', file))
  const rules = await brightnessOfEach(files, input.brightness)
  const pictures: Preview[] = []
  for (const [i, image] of images.entries()) {
    signal.throwIfAborted()
    try {
      pictures.push(await previewOf(image, input, rules[i]))
    } catch (thrown) {
      throw naming(image.file, thrown)
    }
  }
  return { pictures }
}

async function previewOf(
  image: DatasetImage,
  { folder, mask, scale, channels }: PreviewInput,
  brightness: Brightness | undefined
): Promise<Preview> {
  const { id, file, class: className, width, height } = image
  const cellsFile = join(folder, 'cells', `${id}.json`)
  const size = { width: scaledSize(width, scale), height: scaledSize(height, scale) }
  const cells = await drawnCells(cellsFile, image, scale)
  const gray = makeGrayMask(cells, size, mask)

  // All that is shown stands on the grid of the small picture; what is counted, on that of the network.
  const picture = await showPicture(join(folder, 'images', file), brightness, channels)
  const small = await drawnCells(cellsFile, image, shownFactor(image))
  const shown = { width: picture.width, height: picture.height }
  const tones = applyGrayLevels(onGrid(gray.levels, size, shown), grayLevels(mask.grayLevels))
  return {
    id,
    file,
    class: className,
    width,
    height,
    cells: cells.length,
    shown,
    picture: pngText(picture),
    outlined: outlinedPngText(picture, small),
    tones: pngText({ pixels: tones, ...shown, channels: 1 }),
    graph: graphOf(cells, gray, shown.width / size.width),
    counts: {
      images: 1,
      cells: cells.length,
      removedByCover: gray.removed.length,
      droppedByCap: gray.dropped.length,
      painted: gray.painted,
      labelsNeeded: gray.labelsNeeded
    },
    foundAgain: foundAgain(cells, gray, size, mask)
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The nearest pixels: labels have no means. */
function onGrid(levels: Uint8Array, from: Size, to: Size): Uint8Array {
  const column = (x: number): number => Math.min(from.width - 1, Math.floor(((x + 0.5) * from.width) / to.width))
  const row = (y: number): number => Math.min(from.height - 1, Math.floor(((y + 0.5) * from.height) / to.height))
  return Uint8Array.from(
    { length: to.width * to.height },
    (_, i) => levels[row(Math.floor(i / to.width)) * from.width + column(i % to.width)] ?? 0
  )
}

function graphOf(cells: readonly Cell[], gray: GrayMask, factor: number): Preview['graph'] {
  const covered = new Set(gray.removed)
  const beyond = new Set(gray.dropped)
  const reason = (id: number): 'covered' | 'tones' | 'empty' => {
    if (covered.has(id)) return 'covered'
    return beyond.has(id) ? 'tones' : 'empty'
  }
  return {
    cells: cells.map(({ id, raster }) => {
      const box = rleBox(raster)
      const tone = gray.labels.get(id) ?? 0
      const middle = { x: (box.x + box.width / 2) * factor, y: (box.y + box.height / 2) * factor }
      return { id, ...middle, tone, ...(tone === 0 && { out: reason(id) }) }
    }),
    touching: [...gray.overlaps, ...gray.contacts].map(([i, j]) => [i, j])
  }
}

/** From this overlap on, a cell counts as found. */
const sameCell = 0.5

/** Cells that come back when the mask is read as a generated one is. */
function foundAgain(cells: readonly Cell[], gray: GrayMask, { width, height }: Size, mask: MaskSettings): number {
  const grays = applyGrayLevels(gray.levels, grayLevels(mask.grayLevels))
  const { labels } = decodeGrayMask(grays, width, height, mask.grayLevels)
  const found = [...rleFromLabel(labels, width, height).values()]
  const rasters = cells.map(({ raster }) => raster)
  const matched = instanceIous(found, rasters).filter(([, , iou]) => iou >= sameCell)
  return new Set(matched.map(([, truth]) => truth)).size
}
