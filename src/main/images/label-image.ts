import { refuse } from '../../shared/errors.ts'
import { type Picture } from './picture.ts'
import { readPicture } from './read.ts'

/** A picture whose values are object numbers; 0 is background. */
export interface LabelImage {
  readonly width: number
  readonly height: number
  /** Row by row. */
  readonly labels: Uint32Array
}

/**
 * Reads a label image exactly: gray of 8, 16 or 32 bits, whole-numbered floats, or colour in which R, G and B agree.
 *
 * @throws AppError of kind `input` for a picture that cannot be read, has colours, or holds fractions
 */
export async function readLabelImage(path: string): Promise<LabelImage> {
  return toLabelImage(path, await readPicture(path))
}

/** The same for a picture that was read before; `path` is for the sentence of an error. */
export function toLabelImage(path: string, picture: Picture): LabelImage {
  const { width, height, channels, data } = picture
  const labels = new Uint32Array(width * height)
  for (let i = 0; i < labels.length; i++) {
    const value = data[i * channels] ?? 0
    if (channels >= 3 && (data[i * channels + 1] !== value || data[i * channels + 2] !== value)) {
      throw refuse(`${path} marks cells by colours, not by one number for each cell.`, {
        file: path,
        next: 'Export the cells as a label image: gray, 16 bits, 0 for background, a number for each cell.'
      })
    }
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
      throw refuse(`${path} holds values that are not whole numbers from 0 up, so it is not a label image.`, {
        file: path,
        next: 'Check that this is the file with the labels, not a picture or a probability map.'
      })
    }
    labels[i] = value
  }
  return { width, height, labels }
}
