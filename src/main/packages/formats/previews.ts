import { drawLabels } from '../../images/label-colours.ts'
import { encodeRgbPng } from '../../images/png-encode.ts'
import { type ExportFile, type ExportSet, filesOfEach } from './format.ts'

/** `previews/NAME.png`: the label images in colours, because viewers show small numbers as black. */
export function previewFiles(set: ExportSet): ExportFile[] {
  return filesOfEach(
    set,
    (stem) => `previews/${stem}.png`,
    ({ labels, width, height }) => encodeRgbPng(drawLabels(labels), width, height)
  )
}
