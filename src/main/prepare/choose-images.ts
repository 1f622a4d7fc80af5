import type { ParsedInput } from '../../shared/api.ts'
import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { scaledSize } from '../masks/rle.ts'
import { publishedSplit } from '../study/published-split.ts'
import { splitByGroup } from '../study/split.ts'

export type PrepareInput = ParsedInput<'prepared.create'>

/** Annotated images that hold at least one tile. The others are named, not skipped in silence. */
export function usableImages(dataset: Dataset, images: readonly DatasetImage[], { tile, scale }: PrepareInput) {
  const annotated = images.filter((image) => image.annotated)
  const fits = ({ width, height }: DatasetImage): boolean =>
    scaledSize(width, scale) >= tile && scaledSize(height, scale) >= tile
  const usable = annotated.filter(fits)
  if (annotated.length === 0) {
    throw refuse(`No image of "${dataset.name}" is annotated.`, {
      next: 'Import it again together with its annotation.',
      remedies: [{ action: 'import-again', option: 'annotations' }]
    })
  }
  if (usable.length === 0) {
    throw refuse(`No annotated image of "${dataset.name}" holds a tile of ${tile}×${tile} pixels.`, {
      next: 'Choose smaller tiles, or a larger scale.',
      remedies: [
        { action: 'set-option', option: 'tile' },
        { action: 'set-option', option: 'scale' }
      ]
    })
  }
  const small = annotated.filter((image) => !fits(image))
  const without = images.length - annotated.length
  const warnings = [
    ...(without === 0 ? [] : [{ reason: `${without} images without annotation are left out.` }]),
    ...small.map(({ file }) => ({ file, reason: `left out: it is smaller than a tile of ${tile}×${tile} pixels` }))
  ]
  return { images: usable, warnings }
}

const usualShares = [0.8, 0.1, 0.1] as const

/** By the shares that are asked for; else as the source says; else by the usual shares. */
export function splitImages(images: readonly DatasetImage[], { split, seed }: PrepareInput) {
  const published = split ? undefined : publishedSplit(images, usualShares, seed)
  return published
    ? { splits: published, from: 'source' as const }
    : { splits: splitByGroup(images, split ?? usualShares, seed), from: 'shares' as const }
}
