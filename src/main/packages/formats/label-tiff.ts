import { encodeTiff } from '../../images/tiff-encode.ts'
import { type ExportFile, type ExportPicture, type ExportSet, filesOfEach } from './format.ts'

/** `masks-tiff/NAME.tif`: the label images, for programs that read no PNG of 16 bits. */
export function labelTiffFiles(set: ExportSet): ExportFile[] {
  return filesOfEach(set, (stem) => `masks-tiff/${stem}.tif`, encodeLabelTiff)
}

/** The picture's label image as a TIFF of 16 bits; of 32 where a number is greater than 65,535. */
export function encodeLabelTiff({ labels, width, height }: ExportPicture): Uint8Array {
  const isLong = labels.some((label) => label > 0xffff)
  const data = isLong ? labels : Uint16Array.from(labels)
  return encodeTiff({ width, height, channels: 1, bits: isLong ? 32 : 16, data })
}
