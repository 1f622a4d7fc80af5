import { type AppError, refuse } from '../../shared/errors.ts'
import { fewestOfClass, type PreparedAbout, type PreparedImage } from '../../shared/masks.ts'
import { type Remedy } from '../../shared/remedies.ts'

/**
 * The classes that a run learns: all that the prepared set has pictures of.
 *
 * @throws AppError of kind `input` where there is nothing to learn, or too little of a class
 */
export function trainableClasses({ result, images }: PreparedAbout): string[] {
  const { name, dataset } = result.prepared
  if (result.prepared.unannotated) {
    throw refuse(`"${name}" holds images without annotation: nothing says where their cells are.`, {
      next: 'Train on a prepared set with masks; these images can be learned from beside it.'
    })
  }
  const training = images.filter(({ split }) => split === 'train')
  if (training.every(({ counts }) => counts.painted === 0)) {
    throw refuse(`No training mask of "${name}" shows a cell.`, {
      next: 'Check the annotation of the data set, or the settings it was prepared with.'
    })
  }
  const classes = result.classes.filter((known) => known.images > 0).map((known) => known.name)
  const poor = classes.filter((known) => training.filter((image) => image.class === known).length < fewestOfClass)
  if (poor.length > 0) throw tooFew(poor, { name, dataset, classes, images })
  const bare = classes.filter((known) => training.every((image) => image.class !== known || image.counts.painted === 0))
  if (bare.length > 0) throw withoutCells(bare, name, dataset)
  return classes
}

interface Set {
  readonly name: string
  readonly dataset: string
  readonly classes: readonly string[]
  readonly images: readonly PreparedImage[]
}

function withoutCells(bare: readonly string[], name: string, dataset: string): AppError {
  const again = { action: 'prepare-again', dataset } as const
  return refuse(`No training mask of ${bare.map((known) => `"${known}"`).join(', ')} in "${name}" shows a cell.`, {
    next: 'Prepare the data set again without these classes or with all classes merged into one, or check their annotation.',
    remedies: [
      { ...again, leaveOut: [...bare] },
      { ...again, mergeClasses: true }
    ]
  })
}

function tooFew(poor: readonly string[], { name, dataset, classes, images }: Set): AppError {
  const counted = poor.map((known) => {
    const own = ofClass(images, known)
    const training = trainingOf(own).length
    const heldOut = own.length - training
    const others = heldOut === 0 ? '' : `, and ${heldOut} for validation and test`
    return `"${known}" (${training}${others})`
  })
  const again = { action: 'prepare-again', dataset } as const
  const cures: Remedy[] = [
    ...(poor.length < classes.length ? [{ ...again, leaveOut: [...poor] }] : []),
    ...(classes.length > 1 && trainingOf(images).length >= fewestOfClass ? [{ ...again, mergeClasses: true }] : []),
    ...(poor.every((known) => ofClass(images, known).length >= fewestOfClass) ? [again] : [])
  ]
  return refuse(
    `"${name}" has too few training pictures of ${counted.join(', ')}: at least ${fewestOfClass} of each class are needed.`,
    {
      next: `Add images, or prepare the data set again${classes.length > 1 ? ' without these classes, with all classes merged into one,' : ''} or with other shares of the split.`,
      remedies: cures
    }
  )
}

function ofClass(images: readonly PreparedImage[], name: string): PreparedImage[] {
  return images.filter((image) => image.class === name)
}

function trainingOf(images: readonly PreparedImage[]): PreparedImage[] {
  return images.filter(({ split }) => split === 'train')
}
