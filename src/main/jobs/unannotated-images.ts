import { type AppError, refuse } from '../../shared/errors.ts'
import { type Prepared } from '../../shared/masks.ts'
import { type NetworkSettings } from '../../shared/training.ts'

/** What a run learns from: a prepared set, its classes, and the networks. */
interface Learning {
  readonly prepared: Prepared
  readonly classes: readonly string[]
  readonly network: NetworkSettings
}

/**
 * Makes sure that a prepared set of images without annotation can be learned from beside an annotated one.
 *
 * @throws AppError of kind `input` where sets, classes or networks do not fit together
 */
export function requireUnannotated(beside: Prepared, { prepared, classes, network }: Learning): void {
  if (beside.unannotated !== true) {
    throw refuse(`"${beside.name}" holds images with annotation.`, {
      next: 'Name a set that was prepared from images without; annotated images belong into the prepared set itself.'
    })
  }
  if (network.maskChannels === 0 || network.discriminators !== 'separate') {
    throw refuse('Only a discriminator that sees the image alone can learn from images without annotation.', {
      next: 'Take a generator that makes masks, with separate discriminators.'
    })
  }
  requireAlike(beside, prepared)
  const unknown = beside.classes.filter((name) => !classes.includes(name))
  if (classes.length > 1 && unknown.length > 0) throw otherClasses(beside, unknown, classes)
}

/** @throws AppError of kind `input` where a tile of one set is not what a tile of the other is */
function requireAlike(beside: Prepared, { name, tile, scale, channels }: Prepared): void {
  const differences = [
    ...(beside.tile === tile ? [] : [`tiles of ${beside.tile} pixels, not of ${tile}`]),
    ...(beside.scale === scale ? [] : [`images at a scale of ${beside.scale}, not of ${scale}`]),
    ...(beside.channels === channels
      ? []
      : [beside.channels === 'gray' ? 'gray images, not colour' : 'colour images, not gray'])
  ]
  if (differences.length === 0) return
  throw refuse(`"${beside.name}" was prepared in another way than "${name}": it has ${differences.join(', and ')}.`, {
    next: `Prepare its images again as those of "${name}".`,
    remedies: [{ action: 'prepare-again', dataset: beside.dataset, tile }]
  })
}

function otherClasses(beside: Prepared, unknown: readonly string[], classes: readonly string[]): AppError {
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
  return refuse(`"${beside.name}" has images of ${quoted(unknown)}, which the run does not learn.`, {
    next: `Prepare it again without these. The run learns ${quoted(classes)}.`,
    remedies: [{ action: 'prepare-again', dataset: beside.dataset, leaveOut: [...unknown] }]
  })
}
