import { type GeoTIFFImage } from 'geotiff'
import { invariant, refuse } from '../../shared/errors.ts'
import { readAllSamples } from './tiff-unpack.ts'

const [bitsPerSample, samplesPerPixel, sampleFormat] = [258, 277, 339]
const floats = 3
const whiteIsZero = 0

/** Whether the samples are integers of 64 bits, as NumPy makes them where nothing else is said. */
export function isWide(image: GeoTIFFImage): boolean {
  return image.getBitsPerSample() === 64 && image.getSampleFormat() !== floats
}

/**
 * Reads gray integers of 64 bits: each is two of 32, of which the upper one is 0.
 *
 * @throws AppError of kind `input` for larger and negative values, and for layouts that are not two such numbers a pixel
 */
export async function readWide(path: string, image: GeoTIFFImage): Promise<Uint32Array> {
  if (!(await isOnePerPixel(image))) throw tooWide(path, 'in a layout that is not read')
  const halves = await readHalves(image)
  const [lower, upper] = image.littleEndian ? [0, 1] : [1, 0]
  const values = new Uint32Array(halves.length / 2)
  for (let i = 0; i < values.length; i++) {
    if (halves[2 * i + upper] !== 0) throw tooWide(path, 'some of them negative or larger than 32 bits hold')
    values[i] = halves[2 * i + lower] ?? 0
  }
  return values
}

/** One gray number behind the other, and none of them a difference to another. */
async function isOnePerPixel(image: GeoTIFFImage): Promise<boolean> {
  const { fileDirectory } = image
  return (
    image.getSamplesPerPixel() === 1 &&
    image.planarConfiguration !== 2 &&
    fileDirectory.getValue('PhotometricInterpretation') !== whiteIsZero &&
    ((await fileDirectory.loadValue('Predictor')) ?? 1) === 1
  )
}

/** The library reads no 64 bits: for as long as it reads, the directory says that a pixel has two samples of 32. */
async function readHalves(image: GeoTIFFImage): Promise<Uint32Array> {
  const fields = image.fileDirectory.actualizedFields
  const before = new Map(fields)
  fields.set(bitsPerSample, [32, 32])
  fields.set(samplesPerPixel, 2)
  fields.set(sampleFormat, [1, 1])
  try {
    const halves: unknown = await readAllSamples(image)
    invariant(halves instanceof Uint32Array, 'unsigned samples of 32 bits come in such an array')
    return halves
  } finally {
    for (const tag of [bitsPerSample, samplesPerPixel, sampleFormat]) {
      if (before.has(tag)) fields.set(tag, before.get(tag) ?? 1)
      else fields.delete(tag)
    }
  }
}

function tooWide(path: string, how: string): Error {
  return refuse(`${path} holds 64-bit integers, ${how}.`, {
    file: path,
    next: 'Save it as uint16 or uint32: in Python labels.astype(numpy.uint32), before it is written.'
  })
}
