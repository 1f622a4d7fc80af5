import { join } from 'node:path'
import { naming } from '../../shared/errors.ts'
import type { MaskGraph, MaskSettings } from '../../shared/masks.ts'
import { drawnCells } from '../datasets/drawn-cells.ts'
import { makeGrayMask } from '../masks/gray-mask.ts'

export interface GraphInput {
  readonly cellsFolder: string
  readonly images: readonly GraphedImage[]
  readonly mask: MaskSettings
}

interface GraphedImage {
  readonly id: number
  readonly file: string
  readonly width: number
  readonly height: number
}

/** The overlap graphs of images of a data set. Ids are the source's annotation ids. */
export async function graphsOf({ cellsFolder, images, mask }: GraphInput, signal: AbortSignal): Promise<MaskGraph> {
  const graphs: MaskGraph['images'] = []
  for (const image of images) {
    signal.throwIfAborted()
    try {
      graphs.push(await graphOf(join(cellsFolder, `${image.id}.json`), image, mask))
    } catch (thrown) {
      throw naming(image.file, thrown)
    }
  }
  return { images: graphs }
}

async function graphOf(
  cellsFile: string,
  image: GraphedImage,
  settings: MaskSettings
): Promise<MaskGraph['images'][number]> {
  const cells = await drawnCells(cellsFile, image)
  const mask = makeGrayMask(cells, image, settings)
  const idOf = (position: number): number => cells[position]?.id ?? 0
  return {
    file: image.file,
    cells: cells.map(({ id, area }) => ({ id, area })),
    overlaps: mask.overlaps.map(([i, j, pixels]) => [idOf(i), idOf(j), pixels]),
    contacts: mask.contacts.map(([i, j]) => [idOf(i), idOf(j)]),
    removed: [...mask.removed],
    labels: Object.fromEntries([...mask.labels].map(([id, label]) => [String(id), label]))
  }
}
