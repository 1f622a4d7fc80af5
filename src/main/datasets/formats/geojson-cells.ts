import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { reasonOf, refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { parseJsonText } from '../../files/json-text.ts'
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

const Point = z.tuple([z.number(), z.number()]).rest(z.unknown())
const Rings = z.array(z.array(Point))
const Geometry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Polygon'), coordinates: Rings }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(Rings) })
])
type Geometry = z.infer<typeof Geometry>

/** What is read of a QuPath object; all else is left alone. */
const Feature = z.object({
  type: z.literal('Feature'),
  geometry: z.unknown(),
  nucleusGeometry: z.unknown().optional(),
  properties: z
    .object({
      objectType: z.string().optional().catch(undefined),
      classification: z.object({ name: z.string() }).nullish().catch(undefined)
    })
    .nullish()
})

/** An object with its number in the file, from 1. */
type NumberedFeature = z.infer<typeof Feature> & { readonly number: number }

/**
 * The objects of a GeoJSON file as QuPath writes it: a collection, a list, or one object; plain or gzipped.
 *
 * Where there are cells or detections, annotations are the regions that they were looked for in, and no cells.
 *
 * @throws AppError of kind `input` for a file that is no GeoJSON
 */
export async function readFeatures(
  path: string
): Promise<{ objects: NumberedFeature[]; regions: number; unknown: number }> {
  const value = parse(path, await readInputFile(path, 'GeoJSON file', limits.json.fileBytes))
  const list: unknown =
    isObject(value) && 'features' in value ? value['features'] : Array.isArray(value) ? value : [value]
  if (!Array.isArray(list)) throw notGeojson(path, 'its "features" are not a list')
  const known = list.flatMap((entry, i): NumberedFeature[] => {
    const { data } = Feature.safeParse(entry)
    return data ? [{ ...data, number: i + 1 }] : []
  })
  if (known.length === 0 && list.length > 0) throw notGeojson(path, 'it holds no features')
  const isCell = ({ properties }: NumberedFeature) => ['cell', 'detection'].includes(properties?.objectType ?? '')
  const cells = known.filter(isCell)
  const objects = cells.length > 0 ? cells : known.filter(({ properties }) => properties?.objectType !== 'tile')
  return { objects, regions: known.length - objects.length, unknown: list.length - known.length }
}

/** Reads the cells of one image out of a GeoJSON file, numbered by their places in it. */
export async function readGeojsonCells(
  path: string,
  which: Objects,
  file: string,
  size: Size,
  log: Log
): Promise<Annotation | undefined> {
  const { objects, regions, unknown } = await readFeatures(path)
  const cells = new CellCollector(basename(path), file, log)
  for (const feature of objects) {
    const geometry = which === 'nuclei' ? (feature.nucleusGeometry ?? feature.geometry) : feature.geometry
    cells.add(`Object ${feature.number}`, feature.number, outlineOf(geometry, size))
  }
  if (regions > 0)
    log.warn(`${regions} annotated regions around the cells were left out.`, file, 'pictures with regions around cells')
  if (unknown > 0) log.warn(`${unknown} entries are not objects and were left out.`, file, 'pictures with such entries')
  return cells.finish(size)
}

function outlineOf(value: unknown, size: Size): CellOutline | CellProblem {
  const { data: geometry } = Geometry.safeParse(value)
  if (!geometry) {
    const type = isObject(value) && typeof value['type'] === 'string' ? value['type'] : 'nothing'
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

function parse(path: string, bytes: Buffer): unknown {
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: limits.json.fileBytes }) : bytes
    return parseJsonText(plain)
  } catch (cause) {
    throw notGeojson(path, reasonOf(cause, 'it is damaged or not JSON'), cause)
  }
}

function notGeojson(path: string, reason: string, cause?: unknown): Error {
  return refuse(`${path} cannot be read as GeoJSON: ${reason}.`, {
    file: path,
    next: 'Export the objects from QuPath again: File, Export objects as GeoJSON.',
    cause
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
