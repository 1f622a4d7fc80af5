import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Dataset, DatasetId, type DatasetImage } from '../../src/shared/datasets.ts'
import { sha256 } from '../../src/main/files/checksum.ts'
import { readLabelImage } from '../../src/main/images/label-image.ts'
import { coloursOf, type Picture } from '../../src/main/images/picture.ts'
import { encodeGrayPng8 } from '../../src/main/images/png-encode.ts'
import { readPicture } from '../../src/main/images/read.ts'
import { rleFromLabel } from '../../src/main/masks/rle.ts'
import { encodeCounts } from '../../src/main/masks/rle-string.ts'
import { resizeGray, resizeLabels, scaledSize } from '../../src/main/segmentation/resize-picture.ts'

const sample = resolve('resources/sample')

/** A piece of a picture of the sample, with numbers for its cells. */
interface Piece {
  readonly group: string
  readonly pixels: Uint8Array
  readonly labels: Int32Array
}

export interface SamplePicture {
  /** `fluorescence/76c44d1addac92a6.png` */
  readonly name: string
  readonly split: DatasetImage['split']
  /** Of its own size. */
  readonly scale: number
  /** Pieces with more cells are left out. */
  readonly mostCells?: number | undefined
}

/** The names of the sample's pictures of a kind. */
export async function samplePictures(kind: 'fluorescence' | 'stained'): Promise<string[]> {
  return (await readdir(join(sample, 'images', kind))).sort().map((file) => `${kind}/${file}`)
}

/** A data set of pieces of pictures of the sample. Those of one picture are of one well. */
export async function makePieces(
  root: string,
  id: string,
  { pictures, side }: { readonly pictures: readonly SamplePicture[]; readonly side: number }
): Promise<[Dataset, DatasetImage[]]> {
  const folder = join(root, 'datasets', id)
  await mkdir(join(folder, 'images'), { recursive: true })
  await mkdir(join(folder, 'cells'))
  const images: DatasetImage[] = []
  for (const { name, split, scale, mostCells = Infinity } of pictures) {
    const pieces = await piecesOf(name, scale, side)
    for (const piece of pieces.filter((each) => cellsOf(each) <= mostCells)) {
      images.push({ ...(await writePiece(folder, images.length + 1, piece, side)), split })
    }
  }
  const cells = images.reduce((sum, image) => sum + image.cells, 0)
  const dataset: Dataset = {
    id: DatasetId.parse(id),
    name: id,
    created: '2026-01-01T00:00:00.000Z',
    format: 'labels',
    images: images.length,
    annotated: images.length,
    cells,
    classes: []
  }
  await writeFile(join(folder, 'about.json'), JSON.stringify({ kind: 'dataset', version: 1, dataset, images }))
  return [dataset, images]
}

async function piecesOf(name: string, scale: number, side: number): Promise<Piece[]> {
  const picture = await readPicture(join(sample, 'images', name))
  const { labels } = await readLabelImage(join(sample, 'labels', name))
  const size = scaledSize(picture, scale)
  const gray = meanOfColours(picture)
  const small = resizeGray(gray, picture, size)
  const smallLabels = resizeLabels(Int32Array.from(labels), picture, size)
  const pieces: Piece[] = []
  for (let top = 0; top + side <= size.height; top += side) {
    for (let left = 0; left + side <= size.width; left += side) {
      const at = (i: number): number => (top + Math.floor(i / side)) * size.width + left + (i % side)
      const cut = { length: side * side }
      pieces.push({
        group: name,
        pixels: Uint8Array.from(cut, (_, i) => Math.round(small[at(i)] ?? 0)),
        labels: Int32Array.from(cut, (_, i) => smallLabels[at(i)] ?? 0)
      })
    }
  }
  return pieces.filter((piece) => cellsOf(piece) > 0)
}

function cellsOf({ labels }: Piece): number {
  return new Set(labels.filter((label) => label > 0)).size
}

function meanOfColours(picture: Picture): Float32Array {
  const { width, height, channels, data } = picture
  const colours = coloursOf(picture)
  const mean = new Float32Array(width * height)
  for (let i = 0; i < mean.length; i++) {
    let sum = 0
    for (let colour = 0; colour < colours; colour++) sum += data[i * channels + colour] ?? 0
    mean[i] = sum / colours
  }
  return mean
}

async function writePiece(
  folder: string,
  id: number,
  { group, pixels, labels }: Piece,
  side: number
): Promise<DatasetImage> {
  const file = `${group.split('/')[0] ?? ''}-${String(id).padStart(3, '0')}.png`
  const bytes = encodeGrayPng8(pixels, side, side)
  await writeFile(join(folder, 'images', file), bytes)
  const cells = [...rleFromLabel(labels, side, side)]
    .filter(([label]) => label > 0)
    .map(([label, rle]) => ({ id: label, counts: encodeCounts(rle.counts) }))
  await writeFile(join(folder, 'cells', `${id}.json`), JSON.stringify(cells))
  return {
    id,
    file,
    width: side,
    height: side,
    channels: 1,
    bits: 8,
    class: 'nuclei',
    group,
    annotated: true,
    cells: cells.length,
    sha256: sha256(bytes)
  }
}
