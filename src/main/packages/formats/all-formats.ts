import { PackageFormat } from '../../../shared/packages.ts'
import { cellposeFiles } from './cellpose.ts'
import { cocoRunsFiles } from './coco-runs.ts'
import { type ExportFile, type ExportSet, type Format } from './format.ts'
import { imagejFiles } from './imagej.ts'
import { labelTiffFiles } from './label-tiff.ts'
import { previewFiles } from './previews.ts'
import { qupathFiles } from './qupath.ts'
import { stardistFiles } from './stardist.ts'
import { tissuenetFiles } from './tissuenet.ts'
import { yoloFiles } from './yolo.ts'

/** What a package has of each format beside its own pictures, masks and outlines. */
const formats: Readonly<Record<PackageFormat, Format>> = {
  labels: previewFiles,
  coco: cocoRunsFiles,
  tiff: labelTiffFiles,
  cellpose: cellposeFiles,
  stardist: stardistFiles,
  imagej: imagejFiles,
  qupath: qupathFiles,
  yolo: yoloFiles,
  tissuenet: tissuenetFiles
}

/** The files of all wished formats, always in the same order. */
export function exportFiles(set: ExportSet, wished: readonly PackageFormat[]): ExportFile[] {
  return PackageFormat.options.filter((format) => wished.includes(format)).flatMap((format) => formats[format](set))
}
