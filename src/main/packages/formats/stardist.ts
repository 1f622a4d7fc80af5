import { encodeTiff } from '../../images/tiff-encode.ts'
import { type ExportFile, type ExportSet, filesOfEach } from './format.ts'
import { encodeLabelTiff } from './label-tiff.ts'

/** `stardist/images/NAME.tif` and `stardist/masks/NAME.tif`, as StarDist's notebooks read them. */
export function stardistFiles(set: ExportSet): ExportFile[] {
  return [
    ...filesOfEach(
      set,
      (stem) => `stardist/images/${stem}.tif`,
      ({ picture }) => encodeTiff(picture)
    ),
    ...filesOfEach(set, (stem) => `stardist/masks/${stem}.tif`, encodeLabelTiff)
  ]
}
