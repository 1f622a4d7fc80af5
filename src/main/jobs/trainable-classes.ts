import { refuse } from '../../shared/errors.ts'
import { type PreparedAbout } from '../../shared/masks.ts'

/** From fewer pictures of a class a network learns nothing but these pictures, and no score of it means anything. */
const fewestPictures = 3

/**
 * The classes that a run learns: all that the prepared set has pictures of.
 *
 * @throws AppError of kind `input` where there is nothing to learn, or too little of a class
 */
export function trainableClasses({ result, images }: PreparedAbout): string[] {
  const { name } = result.prepared
  const training = images.filter(({ split }) => split === 'train')
  if (training.every(({ counts }) => counts.painted === 0)) {
    throw refuse(`No training mask of "${name}" shows a cell.`, {
      next: 'Check the annotation of the data set, or the settings it was prepared with.'
    })
  }
  const classes = result.classes.filter((known) => known.images > 0).map((known) => known.name)
  for (const className of classes) {
    const count = training.filter((image) => image.class === className).length
    if (count >= fewestPictures) continue
    const pictures = count === 1 ? '1 training picture' : `${count} training pictures`
    throw refuse(`The class "${className}" of "${name}" has ${pictures}; at least ${fewestPictures} are needed.`, {
      next: 'Add images of it, or import the data set without that class or without classes.',
      remedies: [{ action: 'import-again', option: 'classFrom', value: 'none' }]
    })
  }
  return classes
}
