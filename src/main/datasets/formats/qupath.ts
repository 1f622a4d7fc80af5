import { type Log } from '../import-log.ts'
import { type CountCategories, type Objects, type Source, type SourcePlace } from '../source-image.ts'
import { type Format, hasEnding } from './format.ts'
import { readGeojsonCells } from './geojson-cells.ts'
import { readFeatures } from './geojson-features.ts'
import { findOneFileEach } from './one-file-each.ts'

export const geojsonEndings = ['.geojson', '.geojson.gz']

/**
 * Pictures with the objects that QuPath exports: `NAME.geojson`, or `NAME.tif.geojson`, for each picture. A cell's
 * classification is its category.
 */
export const qupath: Format<Objects> = {
  holds: "GeoJSON files of the pictures' names",
  guess: {
    ending: ({ named, files }) => {
      if (!files.some((path) => hasEnding(path, ...geojsonEndings))) return undefined
      return named ? `${named.words} a GeoJSON file` : 'there are GeoJSON files'
    },
    beginning: async ({ json }) => {
      const found = await json()
      const isGeojson = found && /"type"\s*:\s*"Feature(?:Collection)?"/.test(found.start)
      return isGeojson ? `${found.words} a GeoJSON file` : undefined
    }
  },
  find: findGeojson,
  cells: ({ files: [path = ''], more: objects }, file, size, log) => readGeojsonCells(path, objects, file, size, log),
  categories: async ({ files: [path = ''] }) => (await readFeatures(path)).objects.map(({ category }) => category)
}

function findGeojson(place: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  return findOneFileEach(place, log, count, {
    endings: [...geojsonEndings, '.json'],
    what: 'a GeoJSON file',
    cells: (path) => ({ format: 'qupath', files: [path], more: place.objects ?? 'cells' })
  })
}
