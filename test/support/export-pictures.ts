import { type Picture } from '../../src/main/images/picture.ts'
import { encodeGrayPng8, encodeRgbPng } from '../../src/main/images/png-encode.ts'
import { cellsOf, type ExportPicture, type ExportSet, type Format } from '../../src/main/packages/formats/format.ts'
import { RandomStream } from '../../src/shared/random.ts'

export const [side, classes] = [96, ['A172', 'BV-2']] as const

/**
 * A picture with up to 30 round cells, some with holes, some cut in two by others; their numbers lie anywhere between 1
 * and 65,535.
 */
export function exportPicture(index: number, options: { channels?: 1 | 3; width?: number } = {}): ExportPicture {
  const random = new RandomStream(11, 'pictures to export', index)
  const { width = side, channels = 1 } = options
  const labels = new Uint32Array(width * side)
  for (let cell = 0; cell < 30; cell++) {
    const label = cell === 0 ? 65_535 : 1 + random.integer(65_534)
    drawRing(labels, width, label, random)
  }
  const data = Uint8Array.from({ length: labels.length * channels }, () => random.integer(256))
  const picture: Picture = { width, height: side, channels, bits: 8, data }
  const file = `${String(index).padStart(6, '0')}.png`
  const cells = cellsOf(labels, width, side)
  const bytes = (channels === 3 ? encodeRgbPng : encodeGrayPng8)(data, width, side, { Description: 'Synthetic' })
  return { file, class: classes[index % 2] ?? '', width, height: side, picture, bytes, labels, cells, ignored: [] }
}

function drawRing(labels: Uint32Array, width: number, label: number, random: RandomStream): void {
  const [middleX, middleY] = [random.integer(width), random.integer(side)]
  const radius = 2 + random.integer(11)
  const hole = random.uniform() < 0.3 ? radius / 3 : 0
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.hypot(x - middleX, y - middleY)
      if (distance <= radius && distance >= hole) labels[y * width + x] = label
    }
  }
}

export function setOf(images: readonly ExportPicture[]): ExportSet {
  return { classes, images, statement: 'Synthetic pictures for a test.' }
}

/** All files of the set in a format, by their paths. */
export async function writtenFiles(
  format: Format,
  pictures: readonly ExportPicture[]
): Promise<Map<string, Uint8Array>> {
  const byFile = new Map(pictures.map((picture) => [picture.file, picture]))
  const load = ({ file }: { readonly file: string }): Promise<ExportPicture> => {
    const picture = byFile.get(file)
    return picture ? Promise.resolve(picture) : Promise.reject(new Error(`${file} is not of this set`))
  }
  const files = format(setOf(pictures)).map(async ({ path, make }) => [path, await make(load)] as const)
  return new Map(await Promise.all(files))
}
