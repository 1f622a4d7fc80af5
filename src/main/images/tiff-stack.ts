import { basename } from 'node:path'
import { type GeoTIFF, type GeoTIFFImage } from 'geotiff'
import { limits } from '../../shared/limits.ts'
import { unreadable } from './picture.ts'
import { micrometres, type OmePixels, parseOme } from './ome.ts'

/** How many planes a stack has on each axis. */
export type StackSizes = Pick<TiffStack, 'sizeC' | 'sizeZ' | 'sizeT'>

/** The planes of a TIFF, and how each is found. */
export interface TiffStack {
  readonly sizeC: number
  readonly sizeZ: number
  readonly sizeT: number
  /** Who says so; `nobody` where pages follow one another without a word. */
  readonly says: 'OME' | 'ImageJ' | 'tifffile' | 'user' | 'nobody'
  /** Where the channels are the samples of one page. */
  readonly channelsAreSamples: boolean
  /** The page of a plane, from 0; a text is the file that it is in instead. */
  readonly pageOf: (c: number, z: number, t: number) => number | string | undefined
  readonly pages: number
  /** µm. */
  readonly pixelSize: { readonly x: number; readonly y: number } | undefined
  readonly channelNames: readonly string[]
  /** Whether planes lie one behind the other after the first, without directories of their own. */
  readonly isBare: boolean
}

/**
 * Works out which plane of a TIFF is where, from OME's, ImageJ's or tifffile's own words, or else from the pages alone.
 *
 * @param axes what the user says of pages about which the file says nothing, or the wrong thing: `CYX`, `ZYX`, `TYX`
 */
export async function describeStack(
  path: string,
  tiff: GeoTIFF,
  first: GeoTIFFImage,
  axes: string | undefined
): Promise<TiffStack> {
  const description: unknown = await first.fileDirectory.loadValue('ImageDescription')
  const text = typeof description === 'string' ? description.replace(/\0+$/, '') : ''
  const pages = await countPages(path, tiff)
  const samples = first.getSamplesPerPixel()
  const ome = parseOme(text)
  const known = ome ? stackOfOme(inThisFile(ome, path), pages, samples) : await stackOfText(text, pages, samples, first)
  return axes === undefined ? known : withChosenAxes(axes, known, samples)
}

/** Reduced copies (pyramids) do not count. */
async function countPages(path: string, tiff: GeoTIFF): Promise<number> {
  const seen = new Set<number>()
  let pages = 0
  for (let index = 0; ; index++) {
    const directory = await tiff.requestIFD(index)
    const isReducedCopy = ((directory.getValue('NewSubfileType') ?? 0) & 1) === 1
    if (!isReducedCopy) pages++
    const next = directory.nextIFDByteOffset
    if (next === 0 || (isReducedCopy && index > 0)) return pages
    if (seen.has(next)) throw unreadable(path, 'its pages follow one another in a circle')
    if (seen.size > limits.picture.pages) throw unreadable(path, `it has more than ${limits.picture.pages} pages`)
    seen.add(next)
  }
}

/** Places in the file itself need no name; where only one file is named it is this one, whatever it is called now. */
function inThisFile(ome: OmePixels, path: string): OmePixels {
  const isOnlyOne = new Set(ome.places.map(({ file }) => file)).size === 1
  const places = ome.places.map((place) => {
    const isHere = isOnlyOne || place.file === basename(path)
    return isHere ? { ...place, file: undefined } : place
  })
  return { ...ome, places }
}

function stackOfOme(ome: OmePixels, pages: number, samples: number): TiffStack {
  const isInSamples = ome.samples > 1 || (samples > 1 && ome.sizeC === samples)
  const sizes = { C: isInSamples ? 1 : ome.sizeC, Z: ome.sizeZ, T: ome.sizeT }
  const { sizeC, sizeZ, sizeT, pixelSize, channelNames } = ome
  return {
    sizeC: isInSamples ? samples : sizeC,
    sizeZ,
    sizeT,
    says: 'OME',
    channelsAreSamples: isInSamples,
    pages,
    pixelSize,
    channelNames,
    isBare: false,
    pageOf: ome.places.length === 0 ? inOrder(ome.order, sizes) : byPlaces(ome, sizes)
  }
}

interface Sizes {
  readonly C: number
  readonly Z: number
  readonly T: number
}

/** @param order the axes from the fastest on */
function inOrder(order: string, sizes: Sizes) {
  return (c: number, z: number, t: number): number => {
    const index = { C: c, Z: z, T: t }
    let page = 0
    for (const axis of order.split('').reverse() as (keyof Sizes)[]) page = page * sizes[axis] + index[axis]
    return page
  }
}

function byPlaces({ places, order }: OmePixels, sizes: Sizes) {
  const position = inOrder(order, sizes)
  return (c: number, z: number, t: number): number | string | undefined => {
    const wanted = position(c, z, t)
    for (const place of places) {
      const begin = position(place.c, place.z, place.t)
      const end = begin + (place.count ?? Infinity)
      if (wanted >= begin && wanted < end) return place.file ?? place.page + wanted - begin
    }
    return undefined
  }
}

async function stackOfText(text: string, pages: number, samples: number, first: GeoTIFFImage): Promise<TiffStack> {
  const said = text.startsWith('ImageJ=') ? imagejSizes(text) : tifffileSizes(text)
  const sizes =
    said && fits(said, pages, samples) ? said : { C: 1, Z: 1, T: pages, order: 'CZT', by: 'nobody' as const }
  const planes = sizes.C * sizes.Z * sizes.T
  return {
    sizeC: samples > 1 ? samples : sizes.C,
    sizeZ: sizes.Z,
    sizeT: sizes.T,
    says: sizes.by,
    channelsAreSamples: samples > 1,
    pages: planes,
    pixelSize: text.startsWith('ImageJ=') ? await imagejPixelSize(text, first) : undefined,
    channelNames: [],
    isBare: pages === 1 && planes > 1,
    pageOf: inOrder(sizes.order, sizes)
  }
}

/** Whether the file has a page for each plane, or one for all of them. */
function fits({ C, Z, T }: Sizes, pages: number, samples: number): boolean {
  return C * Z * T === pages || (pages === 1 && samples === 1)
}

type SaidSizes = Sizes & { readonly order: string; readonly by: 'ImageJ' | 'tifffile' }

function imagejSizes(text: string): SaidSizes {
  const count = (name: string): number => {
    const value = Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(text)?.[1] ?? 1)
    return value >= 1 ? value : 1
  }
  const [images, C, Z, T] = [count('images'), count('channels'), count('slices'), count('frames')]
  const said = C * Z * T
  // Old stacks say only how many images there are.
  return said === 1 && images > 1
    ? { C: 1, Z: images, T: 1, order: 'CZT', by: 'ImageJ' }
    : { C, Z, T, order: 'CZT', by: 'ImageJ' }
}

/** tifffile's `{"shape": [2, 5, 64, 64], "axes": "CZYX"}`, from the slowest axis on. */
function tifffileSizes(text: string): SaidSizes | undefined {
  if (!text.startsWith('{"shape"')) return undefined
  const shape = /"shape":\s*\[([\d,\s]*)\]/.exec(text)?.[1]?.split(',').map(Number) ?? []
  const axes = /"axes":\s*"([A-Z]+)"/.exec(text)?.[1] ?? ''
  if (axes.length !== shape.length || !/^[CZTYXS]+$/.test(axes)) return undefined
  const sizeOf = (axis: string): number => shape[axes.indexOf(axis)] ?? 1
  const order = axes
    .split('')
    .filter((axis) => 'CZT'.includes(axis))
    .reverse()
    .join('')
  const missing = 'CZT'
    .split('')
    .filter((axis) => !order.includes(axis))
    .join('')
  return { C: sizeOf('C'), Z: sizeOf('Z'), T: sizeOf('T'), order: order + missing, by: 'tifffile' }
}

/** Pixels per unit, and the unit by its name in the text. */
async function imagejPixelSize(text: string, first: GeoTIFFImage): Promise<{ x: number; y: number } | undefined> {
  const unit = /^unit=(.+)$/m.exec(text)?.[1]?.trim().replace('\\u00B5', 'µ') ?? ''
  const length = async (tag: 'XResolution' | 'YResolution'): Promise<number> => {
    const value: unknown = await first.fileDirectory.loadValue(tag)
    const [over = 0, under = 1] = Array.from((value ?? []) as ArrayLike<number>)
    return (micrometres(unit) * under) / over
  }
  const [x, y] = [await length('XResolution'), await length('YResolution')]
  return x > 0 && y > 0 && Number.isFinite(x * y) ? { x, y } : undefined
}

function withChosenAxes(axes: string, stack: TiffStack, samples: number): TiffStack {
  const planes = stack.pages
  const inPages = axes.split('').filter((axis) => 'CZT'.includes(axis))
  const size = (axis: string): number => (inPages.includes(axis) ? planes : 1)
  const sizes = { C: size('C'), Z: size('Z'), T: size('T') }
  return {
    ...stack,
    sizeC: samples > 1 ? samples : sizes.C,
    sizeZ: sizes.Z,
    sizeT: sizes.T,
    says: 'user',
    channelsAreSamples: samples > 1,
    channelNames: [],
    pageOf: inOrder('CZT', sizes)
  }
}
