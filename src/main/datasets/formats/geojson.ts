import { type Log } from '../import-log.ts'
import { type CountCategories, type Source, type SourcePlace } from '../source-image.ts'
import { findOneFileEach } from './one-file-each.ts'

export const geojsonEndings = ['.geojson', '.geojson.gz']

/**
 * Reads pictures with the objects that QuPath exports: `NAME.geojson`, or `NAME.tif.geojson`, for each picture. A cell's
 * classification is its category.
 */
export function findGeojson(place: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  return findOneFileEach(place, log, count, {
    endings: [...geojsonEndings, '.json'],
    what: 'a GeoJSON file',
    cells: (path) => ({ kind: 'geojson', path, objects: place.objects ?? 'cells' })
  })
}
