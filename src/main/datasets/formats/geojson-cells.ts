import { basename } from 'node:path'
import { z } from 'zod'
import { rleUnion } from '../../masks/rle.ts'
import {
  type Annotation,
  bridgeRings,
  CellCollector,
  type CellOutline,
  type CellProblem,
  outlineFromRings,
  type Size
} from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { type Objects } from '../source-image.ts'
import { findRegions, insideOf } from './enclosing-regions.ts'
import { type PictureFacts } from './format.ts'
import { type GeojsonObject, type GeojsonObjects, isObject, readFeatures } from './geojson-features.ts'
import { onChosenPlane, type OutlinePlane } from './outline-planes.ts'

const Point = z.tuple([z.number(), z.number()]).rest(z.unknown())
const Rings = z.array(z.array(Point))
const Geometry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Polygon'), coordinates: Rings }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(Rings) })
])
type Geometry = z.infer<typeof Geometry>
const Plane = z.object({ plane: z.object({ z: z.int().min(0), t: z.int().min(0) }) })

/** Reads the cells of one image out of a GeoJSON file, numbered by their places in it. */
export async function readGeojsonCells(
  path: string,
  which: Objects,
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const found = await readFeatures(path)
  const drawn = found.objects.map((object): DrawnObject => {
    const geometry = which === 'nuclei' ? (object.nucleusGeometry ?? object.geometry) : object.geometry
    return { object, geometry, outline: outlineOf(geometry, picture) }
  })
  const doesNamePlanes = drawn.some(({ geometry }) => planeOf(geometry) !== undefined)
  const firstPlane = doesNamePlanes ? { z: 1, t: 1 } : {}
  const here = onChosenPlane(drawn, ({ geometry }) => planeOf(geometry) ?? firstPlane, picture, file, log)
  const cells = new CellCollector(basename(path), file, log)
  const objects = here && (found.areAnnotations ? withoutRegions(here, file, log) : withoutSpots(here, file, log))
  for (const { object, outline } of objects ?? []) cells.add(`Object ${object.number}`, object.number, outline)
  cells.requireSameScale(picture)
  warnOfParts(objects ?? [], file, log)
  warnOfOthers(found, file, log)
  return objects && (found.objects.length > 0 || found.tiles === 0) ? cells.finish(picture) : undefined
}

interface DrawnObject {
  readonly object: GeojsonObject
  readonly geometry: unknown
  readonly outline: CellOutline | CellProblem
}

/** Of annotations, those around others are regions. */
function withoutRegions(drawn: readonly DrawnObject[], file: string, log: Log): readonly DrawnObject[] {
  const { regions, isOneInOther } = findRegions(drawn, ({ outline }) => ('rle' in outline ? outline.rle : undefined))
  if (regions.size > 0) {
    log.warn(
      `${regions.size} of its annotations enclose others: they were taken for regions, not for cells, and left out.`,
      file,
      'pictures with regions around cells'
    )
  } else if (isOneInOther) {
    log.warn(
      'One of its two annotations lies in the other; both were taken as cells. If the outer one is a region, remove it and import again.',
      file,
      'pictures with one outline in another'
    )
  }
  return drawn.filter((one) => !regions.has(one))
}

/** Of detections, those within objects that are cells by their kind are parts of them. */
function withoutSpots(drawn: readonly DrawnObject[], file: string, log: Log): readonly DrawnObject[] {
  const cells = drawn.flatMap(({ object, outline }) =>
    object.kind === 'cell' && 'rle' in outline ? [outline.rle] : []
  )
  if (cells.length === 0 || cells.length === drawn.length) return drawn
  const isWithin = insideOf(cells)
  const kept = drawn.filter(
    ({ object, outline }) => object.kind === 'cell' || !('rle' in outline) || !isWithin(outline.rle)
  )
  const spots = drawn.length - kept.length
  if (spots > 0) {
    const reason = `${spots} detections inside its cells were taken for parts of them, such as spots, and left out.`
    log.warn(reason, file, 'pictures with detections inside cells')
  }
  return kept
}

function warnOfOthers({ objects, regions, tiles, unknown }: GeojsonObjects, file: string, log: Log): void {
  if (tiles > 0) {
    const alone = objects.length === 0 ? '; it has no others, and so comes in without annotation' : ''
    log.warn(
      `${tiles} of its objects are tiles or TMA cores, which are no cells, and were left out${alone}.`,
      file,
      'pictures with tiles or TMA cores'
    )
  }
  if (regions > 0)
    log.warn(`${regions} annotated regions around the cells were left out.`, file, 'pictures with regions around cells')
  if (unknown > 0) log.warn(`${unknown} entries are not objects and were left out.`, file, 'pictures with such entries')
}

/** QuPath counts planes from 0, and names none where it is the first. */
function planeOf(geometry: unknown): OutlinePlane | undefined {
  const { data } = Plane.safeParse(geometry)
  return data && { z: data.plane.z + 1, t: data.plane.t + 1 }
}

function warnOfParts(objects: readonly DrawnObject[], file: string, log: Log): void {
  const inParts = objects.filter(({ geometry }) => hasParts(geometry)).length
  if (inParts === 0) return
  const reason = `${inParts} of its objects have three or more parts; each became one cell.`
  log.warn(reason, file, 'pictures with cells of several parts')
}

function hasParts(value: unknown): boolean {
  const { data } = Geometry.safeParse(value)
  return data?.type === 'MultiPolygon' && data.coordinates.length > 2
}

function outlineOf(value: unknown, size: Size): CellOutline | CellProblem {
  const { data: geometry } = Geometry.safeParse(value)
  if (!geometry) {
    const type = isObject(value) && typeof value['type'] === 'string' ? value['type'] : 'nothing'
    if (type === 'Polygon' || type === 'MultiPolygon')
      return { reason: 'has points that are no pairs of numbers', kind: 'objects with points that are no numbers' }
    return { reason: `is drawn as ${type}, and only areas are cells`, kind: 'objects that are not areas' }
  }
  const polygons = partsOf(geometry).map((rings) => bridgeRings(rings.map((ring) => ring.flatMap(([x, y]) => [x, y]))))
  const outlines = polygons.map((ring) => outlineFromRings([ring], size))
  const good = outlines.filter((outline) => 'rle' in outline)
  if (good.length === 0) return outlines[0] ?? { reason: 'has no outline', kind: 'cells without an outline' }
  return {
    rle: rleUnion(good.map(({ rle }) => rle)),
    skippedRings: outlines.length - good.length,
    isCut: good.some(({ isCut }) => isCut)
  }
}

/** Each polygon: its outer ring, then its holes. */
function partsOf(geometry: Geometry) {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
}
