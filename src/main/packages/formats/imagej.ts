import { encodeTiff } from '../../images/tiff-encode.ts'
import { zipBytes } from '../../files/zip/writer.ts'
import { cellParts } from './cell-rings.ts'
import { type ExportFile, type ExportPicture, type ExportSet, filesOfEach } from './format.ts'
import { encodeRoi } from './imagej-roi.ts'

/** `imagej/NAME.tif` with `imagej/NAME_RoiSet.zip`: the cells as regions for Fiji's ROI Manager. */
export function imagejFiles(set: ExportSet): ExportFile[] {
  return [
    ...filesOfEach(
      set,
      (stem) => `imagej/${stem}.tif`,
      ({ picture }) => encodeTiff(picture)
    ),
    ...filesOfEach(set, (stem) => `imagej/${stem}_RoiSet.zip`, roiSet)
  ]
}

/** A region is called by the cell's number in the label image. */
function roiSet({ cells }: ExportPicture): Promise<Uint8Array> {
  return zipBytes(
    cells.map(({ label, raster }) => {
      const name = String(label).padStart(5, '0')
      return { name: `${name}.roi`, bytes: encodeRoi(name, cellParts(raster)) }
    })
  )
}
