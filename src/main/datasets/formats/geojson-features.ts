import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { reasonOf, refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { parseJsonText } from '../../files/json-text.ts'
import { decodeText, parseLooseJson } from '../../files/loose-json.ts'

const Classification = z.object({
  name: z.string().optional().catch(undefined),
  /** Of derived classes, from the first to the last. */
  names: z.array(z.string()).optional().catch(undefined)
})

/** What is read of a QuPath object; all else is left alone. */
const Feature = z.object({
  type: z.literal('Feature'),
  id: z.unknown().optional(),
  geometry: z.unknown(),
  nucleusGeometry: z.unknown().optional(),
  properties: z
    .object({
      objectType: z.unknown().optional(),
      object_type: z.unknown().optional(),
      type: z.unknown().optional(),
      classification: z.union([Classification, z.string()]).nullish().catch(undefined),
      childObjects: z.unknown().optional(),
      children: z.unknown().optional()
    })
    .nullish()
    .catch(undefined)
})
type Feature = z.infer<typeof Feature>

/** An object of a GeoJSON file. */
export interface GeojsonObject {
  /** Its number in the file, from 1; children follow their parents. */
  readonly number: number
  readonly geometry: unknown
  readonly nucleusGeometry: unknown
  readonly category: string | undefined
  /** QuPath's kind of object in small letters: `annotation`, `cell`. */
  readonly kind: string | undefined
}

/** The objects of a GeoJSON file that are cells, and how many others were left out for what they are. */
export interface GeojsonObjects {
  readonly objects: readonly GeojsonObject[]
  /** Whether they were drawn as annotations, among which regions may be as well. */
  readonly areAnnotations: boolean
  /** Annotations around cells, and of a class that marks regions. */
  readonly regions: number
  /** Tiles and TMA cores. */
  readonly tiles: number
  /** Entries that are no objects. */
  readonly unknown: number
}

/**
 * The objects of a GeoJSON file as QuPath writes it, from 0.2 on: a collection, a list, or one object, with or without
 * children; plain or gzipped.
 *
 * @throws AppError of kind `input` for a file that is no GeoJSON
 */
export async function readFeatures(path: string): Promise<GeojsonObjects> {
  const value = parse(path, await readInputFile(path, 'GeoJSON file', limits.json.fileBytes))
  const list = isObject(value) && 'features' in value ? value['features'] : Array.isArray(value) ? value : bare(value)
  if (!Array.isArray(list)) throw notGeojson(path, 'its "features" are not a list')
  const found: GeojsonObject[] = []
  const unknown = collect(path, list, found, 1)
  if (found.length === 0 && list.length > 0) throw notGeojson(path, 'it holds no features')
  return { ...sortOut(found), unknown }
}

/** Geometries without an object around them are objects each, as are the parts of the one that is a whole file. */
function bare(value: unknown): unknown[] {
  if (!isObject(value) || value['type'] === 'Feature') return [value]
  const { type, geometries, coordinates } = value
  if (type === 'GeometryCollection' && Array.isArray(geometries)) return geometries.flatMap(bare)
  const polygons: unknown[] = type === 'MultiPolygon' && Array.isArray(coordinates) ? coordinates : []
  if (polygons.length > 0) return polygons.map((part) => feature({ type: 'Polygon', coordinates: part }))
  return [type === 'Polygon' ? feature(value) : value]
}

function feature(geometry: unknown) {
  return { type: 'Feature', geometry }
}

/** @returns how many entries are no objects */
function collect(path: string, entries: readonly unknown[], found: GeojsonObject[], depth: number): number {
  if (depth > limits.json.depth) throw notGeojson(path, 'its objects lie too deep in one another')
  let unknown = 0
  for (const entry of entries) {
    const { data } = Feature.safeParse(entry)
    if (!data) {
      unknown++
      continue
    }
    found.push(describe(data, found.length + 1))
    const children = data.properties?.childObjects ?? data.properties?.children
    if (Array.isArray(children)) unknown += collect(path, children, found, depth + 1)
  }
  return unknown
}

function describe({ id, geometry, nucleusGeometry, properties }: Feature, number: number): GeojsonObject {
  const { objectType, object_type, type } = properties ?? {}
  const kind = [objectType, object_type, type, id].find(
    (name) => typeof name === 'string' && knownKinds.has(plain(name))
  )
  return {
    number,
    geometry,
    nucleusGeometry,
    category: categoryOf(properties?.classification),
    kind: typeof kind === 'string' ? plain(kind) : undefined
  }
}

const knownKinds = new Set(['annotation', 'detection', 'cell', 'tile', 'tmacore', 'root'])

/** QuPath 0.2 wrote the kind as the name of a class, `PathCellObject`, into "id"; other versions `tma_core`. */
function plain(kind: string): string {
  return kind
    .toLowerCase()
    .replaceAll('_', '')
    .replace(/^(?:path)?(.+)object$/, '$1')
}

function categoryOf(classification: NonNullable<Feature['properties']>['classification']): string | undefined {
  if (typeof classification === 'string') return classification
  const names = classification?.names?.join(': ')
  return classification?.name ?? (names === '' ? undefined : names)
}

/** Where there are cells or detections, annotations are the regions that they were looked for in, and no cells. */
function sortOut(all: readonly GeojsonObject[]): Omit<GeojsonObjects, 'unknown'> {
  const present = all.filter(({ kind }) => kind !== 'root' && kind !== 'tile' && kind !== 'tmacore')
  const tiles = all.filter(({ kind }) => kind === 'tile' || kind === 'tmacore').length
  const cells = present.filter(({ kind }) => kind === 'cell' || kind === 'detection')
  if (cells.length > 0) return { objects: cells, areAnnotations: false, regions: present.length - cells.length, tiles }
  const outside = present.filter(({ category }) => category?.endsWith('*') !== true)
  const objects = outside.length > 0 ? outside : present
  return { objects, areAnnotations: true, regions: present.length - objects.length, tiles }
}

function parse(path: string, bytes: Buffer): unknown {
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
    const text = isPacked ? gunzipSync(bytes, { maxOutputLength: limits.json.fileBytes }) : bytes
    return parseWholeOrLines(text)
  } catch (cause) {
    throw notGeojson(path, reasonOf(cause, 'it is damaged or not JSON'), cause)
  }
}

/** One text of JSON, or one in each line, as GIS programs write long lists (RFC 8142 with its mark, or without). */
function parseWholeOrLines(bytes: Uint8Array): unknown {
  try {
    return parseJsonText(bytes)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    const lines = decodeText(bytes).replaceAll('\x1e', '').split(/\r?\n/)
    const texts = lines.filter((line) => line.trim() !== '')
    if (texts.length < 2 || !texts.every((line) => /^\s*\{.*\}\s*$/.test(line))) throw thrown
    return texts.map(parseLooseJson)
  }
}

function notGeojson(path: string, reason: string, cause?: unknown): Error {
  return refuse(`${path} cannot be read as GeoJSON: ${reason}.`, {
    file: path,
    next: 'Export the objects from QuPath again: File, Export objects as GeoJSON.',
    cause
  })
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
