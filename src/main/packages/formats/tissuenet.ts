import { type Picture } from '../../images/picture.ts'
import { zipBytes } from '../../files/zip/writer.ts'
import { type ExportFile, type ExportImage, type ExportPicture, type ExportSet, type LoadPicture } from './format.ts'
import { npyBytes, npyTexts } from './npy-bytes.ts'

/** Pixels in one archive: 32 pictures of 512 × 512, which are 128 MiB as arrays. */
const pixelsOfOne = 2 ** 23

/**
 * `tissuenet/WIDTHxHEIGHT-001.npz` …: X, y and meta as TissueNet 1.1 has them, with as many pictures in an archive as fit
 * into memory everywhere. Pictures of different sizes are in different archives, so that none is filled up with black.
 *
 * X is [pictures, height, width, 2], floats: nuclei, then membranes. y has the shape of X, integers: whole cells, then
 * nuclei. A set marks either; both planes hold what it marks. The table `meta` is text, where TissueNet has a pickle.
 */
export function tissuenetFiles(set: ExportSet): ExportFile[] {
  const bySize = Map.groupBy(set.images, ({ width, height }) => `${width}x${height}`)
  return [...bySize].flatMap(([size, images]) =>
    inChunks(images).map((chunk, i) => ({
      path: `tissuenet/${size}-${String(i + 1).padStart(3, '0')}.npz`,
      make: (load: LoadPicture) => archive(chunk, load)
    }))
  )
}

function inChunks(images: readonly ExportImage[]): ExportImage[][] {
  const [first] = images
  const count = first === undefined ? 1 : Math.max(1, Math.floor(pixelsOfOne / (first.width * first.height)))
  return Array.from({ length: Math.ceil(images.length / count) }, (_, i) => images.slice(i * count, (i + 1) * count))
}

async function archive(images: readonly ExportImage[], load: LoadPicture): Promise<Uint8Array> {
  const { width, height } = images[0] ?? { width: 0, height: 0 }
  const shape = [images.length, height, width, 2]
  const x = new Float32Array(images.length * height * width * 2)
  const y = new Int32Array(x.length)
  for (const [i, image] of images.entries()) {
    const picture = await load(image)
    x.set(stains(picture.picture), i * height * width * 2)
    y.set(bothPlanes(picture), i * height * width * 2)
  }
  const rows = images.map(({ file, class: name }) => [file, name])
  return zipBytes([
    { name: 'X.npy', bytes: npyBytes('<f4', shape, new Uint8Array(x.buffer)) },
    { name: 'y.npy', bytes: npyBytes('<i4', shape, new Uint8Array(y.buffer)) },
    { name: 'meta.npy', bytes: npyTexts([rows.length + 1, 2], [['filename', 'specimen'], ...rows].flat()) }
  ])
}

/**
 * Nuclei and membranes, interleaved: two stains as they are; green and blue where red is empty, as such pictures are
 * drawn; of any other picture its brightness as the first, and nothing as the second.
 */
function stains(picture: Picture): Float32Array {
  const { width, height, channels, data } = picture
  const planes = planesOf(picture)
  const pairs = new Float32Array(width * height * 2)
  for (let i = 0; i < width * height; i++) {
    for (const [plane, sources] of planes.entries()) {
      let sum = 0
      for (const channel of sources) sum += data[i * channels + channel] ?? 0
      pairs[2 * i + plane] = sum / Math.max(1, sources.length)
    }
  }
  return pairs
}

/** The channels whose mean is the first plane, and those for the second. */
function planesOf({ channels, data, stains: areStains }: Picture): readonly (readonly number[])[] {
  if (areStains === true && channels === 2) return [[0], [1]]
  if (channels < 3) return [[0], []]
  return isRedEmpty(data, channels) ? [[1], [2]] : [[0, 1, 2], []]
}

function isRedEmpty(data: Picture['data'], channels: number): boolean {
  for (let i = 0; i < data.length; i += channels) if (data[i] !== 0) return false
  return true
}

function bothPlanes({ labels }: ExportPicture): Int32Array {
  return Int32Array.from({ length: 2 * labels.length }, (_, i) => labels[i >> 1] ?? 0)
}
