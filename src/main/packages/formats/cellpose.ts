import { type ExportFile, type ExportSet, filesOfEach } from './format.ts'
import { encodeLabelTiff } from './label-tiff.ts'

/** `cellpose/NAME.png` with `cellpose/NAME_masks.tif` beside it, as Cellpose trains and tests on a folder. */
export function cellposeFiles(set: ExportSet): ExportFile[] {
  return [
    ...filesOfEach(
      set,
      (_, { file }) => `cellpose/${file}`,
      ({ bytes }) => bytes
    ),
    ...filesOfEach(set, (stem) => `cellpose/${stem}_masks.tif`, encodeLabelTiff)
  ]
}
