import { fewestOfClass, type PreparedImage, type PrepareResult } from '../../shared/masks.ts'
import type { PreparedOutcome } from './prepare-image.ts'

type Outcome = Pick<PreparedOutcome, 'isFlat' | 'vanished'>
type Warning = PrepareResult['warnings'][number]

/** From this share on, masks without a cell are worth a word. */
const manyEmpty = 0.1
/** At most so many files are named. */
const mostNamed = 5

/** What to know of a prepared set before it is trained on; of images without annotation, what to know of the images. */
export function warningsOn(
  images: readonly PreparedImage[],
  outcomes: readonly Outcome[],
  { withoutAnnotation = false }: { readonly withoutAnnotation?: boolean | undefined } = {}
): Warning[] {
  const flat = flatPictures(images, outcomes)
  return withoutAnnotation ? flat : [...vanishedCells(outcomes), ...flat, ...emptyMasks(images), ...poorClasses(images)]
}

function vanishedCells(outcomes: readonly Outcome[]): Warning[] {
  const vanished = outcomes.reduce((sum, outcome) => sum + outcome.vanished, 0)
  if (vanished === 0) return []
  return [{ reason: `${vanished} cells have no pixel: they lie outside their image or are too small at this scale.` }]
}

function flatPictures(images: readonly PreparedImage[], outcomes: readonly Outcome[]): Warning[] {
  const flat = images.filter((_, i) => outcomes[i]?.isFlat === true).map(({ source }) => source)
  if (flat.length === 0) return []
  const named = flat.slice(0, mostNamed).join(', ') + (flat.length > mostNamed ? ' and others' : '')
  const are = flat.length === 1 ? 'is' : 'are'
  return [
    {
      reason: `${flat.length} of ${images.length} pictures ${are} of a single gray, where no cell can be seen: ${named}.`
    }
  ]
}

function emptyMasks(images: readonly PreparedImage[]): Warning[] {
  const empty = images.filter(({ counts }) => counts.painted === 0).length
  if (empty === images.length) {
    return [{ reason: 'No mask shows a cell: nothing can be learned from this set. Check the annotation.' }]
  }
  if (empty < manyEmpty * images.length) return []
  return [{ reason: `${empty} of ${images.length} masks show no cell: much of what is learned is empty background.` }]
}

/** Classes with too little to train on: each alone keeps the whole set from being trained. */
function poorClasses(images: readonly PreparedImage[]): Warning[] {
  const ofClass = Map.groupBy(images, (image) => image.class)
  const poor = [...ofClass].flatMap(([name, own]) => {
    const training = own.filter(({ split }) => split === 'train')
    if (training.length < fewestOfClass) return [`"${name}" (${training.length} of ${own.length} images)`]
    const isEmpty = ofClass.size > 1 && training.every(({ counts }) => counts.painted === 0)
    return isEmpty ? [`"${name}" (no cell in its training masks)`] : []
  })
  if (poor.length === 0) return []
  const ways = ofClass.size > 1 ? ' leave such classes out, merge all classes into one,' : ''
  return [
    {
      reason: `Too little for training, which takes ${fewestOfClass} training pictures with cells of each class: ${poor.join(', ')}. Prepare it again:${ways} choose other shares of the split, or import more images.`
    }
  ]
}
