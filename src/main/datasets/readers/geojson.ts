import { type Log } from '../import-log.ts'
import { type Source, type SourcePlace } from '../source-image.ts'
import { countNames, findOneFileEach } from './one-file-each.ts'
import { readFeatures } from './geojson-cells.ts'

export const geojsonEndings = ['.geojson', '.geojson.gz']

/**
 * Reads pictures with the objects that QuPath exports: `NAME.geojson`, or `NAME.tif.geojson`, for each picture. A cell's
 * classification is its category.
 */
export function findGeojson(place: SourcePlace, log: Log): Promise<Source> {
  return findOneFileEach(place, log, {
    endings: [...geojsonEndings, '.json'],
    what: 'a GeoJSON file',
    categories: async (path) =>
      countNames((await readFeatures(path)).objects.map(({ properties }) => properties?.classification?.name)),
    cells: (path) => ({ kind: 'geojson', path, objects: place.objects ?? 'cells' })
  })
}
