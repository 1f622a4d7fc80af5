import { refuse } from '../../shared/errors.ts'
import { coloursOf, isDrawnByOpacity, type Picture } from './picture.ts'
import { readStoredValues } from './read.ts'
import { type PictureStack } from './tiff-partner.ts'

/** A picture whose values are object numbers; 0 is background. */
export interface LabelImage {
  readonly width: number
  readonly height: number
  /** Row by row. */
  readonly labels: Uint32Array
}

/**
 * Reads a label image exactly: gray of any depth, the indices of a palette, whole-numbered floats, colour in which R, G
 * and B agree, or one colour alone, as BBBC039 has its numbers in red; opacity where the colours draw nothing. An
 * inverted TIFF is read as it is stored.
 *
 * @param of the stack of the picture that it marks, and what was chosen of it
 * @throws AppError of kind `input` for a picture that cannot be read, is packed as JPEG, has colours, or holds fractions
 */
export async function readLabelImage(path: string, of?: PictureStack): Promise<LabelImage> {
  const { format, picture, isLossy } = await readStoredValues(path, of)
  if (!isLossy) return toLabelImage(path, picture)
  const what = format === 'jpeg' ? 'is a JPEG' : 'is a TIFF packed as JPEG'
  throw refuse(`${path} ${what}, whose lossy packing changes the numbers of cells.`, {
    file: path,
    next: 'Export the label image again, as PNG or TIFF.'
  })
}

/** The same for a picture that was read before; `path` is for the sentence of an error. */
export function toLabelImage(path: string, picture: Picture): LabelImage {
  const { width, height, channels, data } = picture
  const labels = new Uint32Array(width * height)
  const only = isDrawnByOpacity(picture) ? coloursOf(picture) : onlyColour(picture)
  for (let i = 0; i < labels.length; i++) {
    const value = data[i * channels + (only ?? 0)] ?? 0
    if (only === undefined && !isGrayAt(picture, i)) {
      throw refuse(`${path} marks cells by colours, not by one number for each cell.`, {
        file: path,
        next: 'Export the cells as a label image: gray, 16 bits, 0 for background, a number for each cell.'
      })
    }
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw noNumber(path, value)
    labels[i] = value
  }
  return { width, height, labels }
}

function noNumber(path: string, value: number): Error {
  if (Number.isNaN(value) || value === -1) {
    return refuse(`${path} holds ${value} where others have 0 for background (negative, or no number).`, {
      file: path,
      next: 'Save it with 0 for background: in Python numpy.where(labels > 0, labels, 0).astype(numpy.uint32).'
    })
  }
  return refuse(`${path} holds ${value}, and the numbers of cells are whole numbers from 0 up.`, {
    file: path,
    next: 'Check that this is the file with the labels, not a picture or a probability map.'
  })
}

function isGrayAt({ channels, data }: Picture, i: number): boolean {
  const value = data[i * channels]
  return channels < 3 || (data[i * channels + 1] === value && data[i * channels + 2] === value)
}

/** The one of three colours that holds values, where the others are 0 everywhere. */
function onlyColour({ channels, data }: Picture): number | undefined {
  if (channels < 3) return undefined
  const isUsed = [false, false, false]
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < 3; c++) if (data[i + c] !== 0) isUsed[c] = true
  }
  return isUsed.filter(Boolean).length === 1 ? isUsed.indexOf(true) : undefined
}
