import { type Annotation, type Size } from './annotation.ts'
import { type Log } from './import-log.ts'
import { readCocoCells } from './formats/coco-cells.ts'
import { readGeojsonCells } from './formats/geojson-cells.ts'
import { readLabelmeCells } from './formats/labelme.ts'
import { readLabelCells } from './formats/labels.ts'
import { readMaskCells } from './formats/masks.ts'
import { readRoiCells } from './formats/roi-cells.ts'
import { readYoloCells } from './formats/yolo.ts'
import { type CellsPlace } from './source-image.ts'

/**
 * Reads the cells of one image.
 *
 * @param file as the log is to call the image
 * @param size of the image, for annotations that do not state their own
 * @returns `undefined` where there are cells and none of them can be taken
 */
export function readCells(place: CellsPlace, file: string, size: Size, log: Log): Promise<Annotation | undefined> {
  switch (place.kind) {
    case 'labels':
      return readLabelCells(place.path, log)
    case 'masks':
      return readMaskCells(place.paths, size, log)
    case 'coco':
      return readCocoCells(place.place, file, size, log)
    case 'rois':
      return readRoiCells(place.path, file, size, log)
    case 'geojson':
      return readGeojsonCells(place.path, place.objects, file, size, log)
    case 'yolo':
      return readYoloCells(place.path, file, size, log)
    case 'labelme':
      return readLabelmeCells(place.path, file, size, log)
  }
}
