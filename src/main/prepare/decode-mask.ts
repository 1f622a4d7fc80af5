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
import { type DecodedMask, decodeGrayMask, decodeToneMask, evenLevels } from '../masks/decode.ts'
import { tonesAsGrays } from '../masks/mask-code.ts'
import { countPhantoms } from '../masks/ramps.ts'

/**
 * Reads a mask back to instances and writes them as a 16-bit label image.
 *
 * @throws AppError of kind `input` where there is something at that place, such as the mask itself
 */
export async function decodeMask({
  mask,
  grayLevels,
  out
}: ParsedInput<'masks.decode'>): Promise<Output<'masks.decode'>> {
  await requireFreePath(out)
  const read = await readMask(mask, grayLevels)
  const { labels, cells, sharpness, method } = read.decoded
  const { width, height } = read
  if (cells > 0xffff) {
    throw refuse(`${mask} holds ${cells} cells; a 16-bit label image has room for 65,535.`, { file: mask })
  }
  await writeNewFile(out, encodeLabelPng16(labels, width, height))
  const phantoms = countPhantoms({ ...read, ...read.decoded, levels: evenLevels(grayLevels) })
  const share = cells === 0 ? 0 : phantoms / cells
  return { cells, sharpness, method, phantoms: { cells: phantoms, share }, file: out }
}

interface GrayValues {
  readonly gray: Uint8Array | Float32Array
  readonly width: number
  readonly height: number
}

type ReadMask = GrayValues & { readonly decoded: DecodedMask }

async function readMask(file: string, grayLevels: number): Promise<ReadMask> {
  if (extname(file).toLowerCase() === '.npy') return readArray(file, grayLevels)
  return decoded(await readGray(file), grayLevels)
}

function decoded(mask: GrayValues, grayLevels: number): ReadMask {
  return { ...mask, decoded: decodeGrayMask(mask.gray, mask.width, mask.height, grayLevels) }
}

async function readGray(file: string): Promise<GrayValues> {
  const picture = await readPicture(file)
  if (picture.bits !== 8) {
    throw refuse(`${file} has ${picture.bits} bits per pixel; a gray mask has 8.`, {
      file,
      next: 'A label image needs no decoding. A mask of more bits can be given as a float .npy of values 0…255.'
    })
  }
  checkMaskSize(file, picture)
  return { gray: toEightBit(picture, 'full', 'gray'), width: picture.width, height: picture.height }
}

/** A gray mask, or one in tones: height, width and a plane for background and each tone. */
async function readArray(file: string, grayLevels: number): Promise<ReadMask> {
  const { shape, data } = parseNpy(await readInputFile(file, 'NumPy array', mostArrayBytes), file)
  const [height, width, planeCount, ...more] = shape
  if (height === undefined || width === undefined || more.length > 0) {
    throw refuse(`${file} has ${shape.length} dimensions; a gray mask has two, and one in planes three.`, {
      file,
      next: 'Save one mask per file.'
    })
  }
  checkMaskSize(file, { width, height })
  const values = Float32Array.from(data, Number)
  if (planeCount === undefined) return decoded({ gray: values, width, height }, grayLevels)
  if (planeCount !== grayLevels + 1) {
    throw refuse(`${file} has ${planeCount} planes; a mask of ${grayLevels} tones has ${grayLevels + 1}.`, {
      file,
      next: 'Save it as height, width and planes, with the plane of the background first.'
    })
  }
  const mask = { planes: values, planeCount, width, height }
  return { gray: tonesAsGrays(values, planeCount), width, height, decoded: decodeToneMask(mask) }
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
