import { Document } from 'yaml'
import { toEightBit, valueRanges } from '../../images/eight-bit.ts'
import { encodeGrayPng8, encodeRgbPng } from '../../images/png-encode.ts'
import { cellParts, joinRings } from './cell-rings.ts'
import { type ExportFile, type ExportPicture, type ExportSet, filesOfEach } from './format.ts'

/**
 * `yolo/images`, `yolo/labels` and `yolo/data.yaml` for YOLO's segmentation: a line for each cell with its class and the
 * shares of width and height of its points. A cell has one ring there, so parts and holes are joined to it.
 */
export function yoloFiles(set: ExportSet): ExportFile[] {
  return [
    { path: 'yolo/data.yaml', make: () => Promise.resolve(dataYaml(set)) },
    ...filesOfEach(set, (stem) => `yolo/images/${stem}.png`, eightBitPng),
    ...filesOfEach(
      set,
      (stem) => `yolo/labels/${stem}.txt`,
      (picture) => lines(picture, set.classes.indexOf(picture.class))
    )
  ]
}

/**
 * Training and validation name the same folder: a split is the user's decision. All texts are quoted, as Python reads
 * them by YAML 1.1, where a plain `no` is false.
 */
function dataYaml({ classes, statement }: ExportSet): Buffer {
  const names = new Map(classes.entries())
  const document = new Document({ path: '.', train: 'images', val: 'images', names })
  document.commentBefore = ` ${statement.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')}`
  return Buffer.from(document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }))
}

/** YOLO reads 8 bits; pictures of more are stretched from their 1st to their 99.8th percentile. */
function eightBitPng({ file, bytes, picture }: ExportPicture): Uint8Array {
  if (file.endsWith('.png')) return bytes
  const isGray = picture.channels < 3 && picture.stains !== true
  const pixels = toEightBit(picture, valueRanges(picture, 'percentiles'), isGray ? 'gray' : 'rgb')
  return (isGray ? encodeGrayPng8 : encodeRgbPng)(pixels, picture.width, picture.height)
}

function lines({ cells, width, height }: ExportPicture, classIndex: number): Buffer {
  const rows = cells.map(({ raster }) => {
    const shares = joinRings(cellParts(raster).flatMap(({ outer, holes }) => [outer, ...holes])).map((at, i) =>
      share(at / (i % 2 === 0 ? width : height))
    )
    return `${classIndex} ${shares.join(' ')}\n`
  })
  return Buffer.from(rows.join(''))
}

/** Seven digits: a thousandth of a pixel in the largest picture. */
function share(value: number): string {
  return String(Number(value.toFixed(7)))
}
