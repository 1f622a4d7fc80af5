import { extname } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { requireFreePath, writeNewFile } from '../files/atomic-write.ts'
import { readInputFile } from '../files/input-file.ts'
import { parseNpy } from '../files/npz.ts'
import { toEightBit } from '../images/eight-bit.ts'
import { encodeLabelPng16 } from '../images/png-encode.ts'
import { readPicture } from '../images/read.ts'
import { decodeGrayMask } from '../masks/decode.ts'

/**
 * Reads a gray mask back to instances and writes them as a 16-bit label image.
 *
 * @throws AppError of kind `input` where there is something at that place, such as the mask itself
 */
export async function decodeMask({
  mask,
  grayLevels,
  out
}: ParsedInput<'masks.decode'>): Promise<Output<'masks.decode'>> {
  await requireFreePath(out)
  const { values, width, height } = await readGray(mask)
  const { labels, cells, sharpness, method } = decodeGrayMask(values, width, height, grayLevels)
  if (cells > 0xffff) {
    throw refuse(`${mask} holds ${cells} cells; a 16-bit label image has room for 65,535.`, { file: mask })
  }
  await writeNewFile(out, encodeLabelPng16(labels, width, height))
  return { cells, sharpness, method, file: out }
}

interface GrayValues {
  readonly values: Uint8Array | Float32Array
  readonly width: number
  readonly height: number
}

async function readGray(file: string): Promise<GrayValues> {
  if (extname(file).toLowerCase() === '.npy') return readGrayArray(file)
  const picture = await readPicture(file)
  if (picture.bits !== 8) {
    throw refuse(`${file} has ${picture.bits} bits per pixel; a gray mask has 8.`, {
      file,
      next: 'A label image needs no decoding. A mask of more bits can be given as a float .npy of values 0…255.'
    })
  }
  checkMaskSize(file, picture)
  return { values: toEightBit(picture, 'full', 'gray'), width: picture.width, height: picture.height }
}

async function readGrayArray(file: string): Promise<GrayValues> {
  const { shape, data } = parseNpy(await readInputFile(file, 'NumPy array', mostArrayBytes), file)
  const [height, width, ...more] = shape
  if (height === undefined || width === undefined || more.length > 0) {
    throw refuse(`${file} has ${shape.length} dimensions; a gray mask has two.`, {
      file,
      next: 'Save one mask per file.'
    })
  }
  checkMaskSize(file, { width, height })
  return { values: Float32Array.from(data, Number), width, height }
}

/** Numbers of up to eight bytes, and a header. */
const mostArrayBytes = 8 * limits.mask.pixels + 2 ** 16

function checkMaskSize(file: string, { width, height }: { readonly width: number; readonly height: number }): void {
  const { pixels } = limits.mask
  if (width * height <= pixels) return
  throw refuse(
    `${file} is ${width}×${height} pixels in size; masks of at most ${pixels / 2 ** 20} million are decoded.`,
    {
      file,
      next: 'Cut it into tiles and decode those.'
    }
  )
}
