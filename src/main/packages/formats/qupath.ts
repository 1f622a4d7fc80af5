import { labelColour } from '../../images/label-colours.ts'
import { type CellPart, cellParts, type Ring } from './cell-rings.ts'
import { type ExportFile, type ExportPicture, type ExportSet, filesOfEach } from './format.ts'

/** `qupath/NAME.png` with `qupath/NAME.geojson`: the cells as detections, each with its class and its number as name. */
export function qupathFiles(set: ExportSet): ExportFile[] {
  return [
    ...filesOfEach(
      set,
      (_, { file }) => `qupath/${file}`,
      ({ bytes }) => bytes
    ),
    ...filesOfEach(
      set,
      (stem) => `qupath/${stem}.geojson`,
      (picture) => collection(picture, set.classes.indexOf(picture.class) + 1)
    )
  ]
}

function collection({ cells, class: name }: ExportPicture, classNumber: number): Buffer {
  const classification = { name, color: labelColour(classNumber) }
  const features = cells.map(({ label, raster }) =>
    JSON.stringify({
      type: 'Feature',
      geometry: geometryOf(cellParts(raster)),
      properties: { objectType: 'detection', name: String(label), classification }
    })
  )
  return Buffer.from(`{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}\n`)
}

function geometryOf(parts: readonly CellPart[]) {
  const polygons = parts.map(({ outer, holes }) => [outer, ...holes].map(closedRing))
  const [only] = polygons
  return polygons.length === 1 && only !== undefined
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons }
}

/** [x, y] pairs, the first again at the end; outer rings and holes turn in opposite ways, as they were traced. */
function closedRing(ring: Ring): [number, number][] {
  const points = Array.from({ length: ring.length / 2 }, (_, i): [number, number] => [
    ring[2 * i] ?? 0,
    ring[2 * i + 1] ?? 0
  ])
  return [...points, ...points.slice(0, 1)]
}
