/** What an OME-TIFF's metadata says of its planes (OME model, `Image/Pixels`). */
export interface OmePixels {
  readonly sizeC: number
  readonly sizeZ: number
  readonly sizeT: number
  /** Axes from the fastest on, after X and Y: `CZT`. */
  readonly order: string
  /** µm; undefined where it is not said, or said in pixels. */
  readonly pixelSize: { readonly x: number; readonly y: number } | undefined
  readonly channelNames: readonly string[]
  /** Samples that one page holds of one plane: 3 for RGB. */
  readonly samples: number
  readonly places: readonly OmePlace[]
}

/** From which page on planes lie (`TiffData`). */
export interface OmePlace {
  readonly page: number
  readonly c: number
  readonly z: number
  readonly t: number
  /** How many planes follow one another; undefined for all that are left. */
  readonly count: number | undefined
  /** The file that they are in, where the set has several. */
  readonly file: string | undefined
}

/** Reads the first image's description; `undefined` for a text that is no OME. Only attributes of known elements count. */
export function parseOme(text: string): OmePixels | undefined {
  const xml = text.replace(/<!--[\s\S]*?-->/g, '')
  const pixels = /<(?:\w+:)?Pixels\b([^>]*)>/.exec(xml)
  if (!pixels || !/<(?:\w+:)?OME\b/.test(xml)) return undefined
  const attributes = attributesOf(pixels[1] ?? '')
  const body = /^[\s\S]*?<\/(?:\w+:)?Pixels>/.exec(xml.slice(pixels.index))?.[0] ?? xml.slice(pixels.index)
  const channels = [...body.matchAll(/<(?:\w+:)?Channel\b([^>]*)>/g)].map((match) => attributesOf(match[1] ?? ''))
  return {
    sizeC: size(attributes.get('SizeC')),
    sizeZ: size(attributes.get('SizeZ')),
    sizeT: size(attributes.get('SizeT')),
    order: /^XY([CZT]{3})$/.exec(attributes.get('DimensionOrder') ?? '')?.[1] ?? 'CZT',
    pixelSize: pixelSizeOf(attributes),
    channelNames: channels.map((channel) => channel.get('Name') ?? ''),
    samples: size(channels[0]?.get('SamplesPerPixel')),
    places: [...body.matchAll(tiffData)].map((match) => placeOf(attributesOf(match[1] ?? ''), match[2] ?? ''))
  }
}

const tiffData = /<(?:\w+:)?TiffData\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?TiffData>)/g

function placeOf(attributes: ReadonlyMap<string, string>, inside: string): OmePlace {
  const number = (name: string) => Number(attributes.get(name) ?? 0)
  const count = attributes.get('PlaneCount') ?? (attributes.has('IFD') ? '1' : undefined)
  return {
    page: number('IFD'),
    c: number('FirstC'),
    z: number('FirstZ'),
    t: number('FirstT'),
    count: count === undefined ? undefined : Number(count),
    file: attributesOf(/<(?:\w+:)?UUID\b([^>]*)>/.exec(inside)?.[1] ?? '').get('FileName')
  }
}

function attributesOf(text: string): Map<string, string> {
  const found = [...text.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)]
  return new Map(found.map(([, name = '', double, single]) => [name, plainText(double ?? single ?? '')]))
}

function plainText(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,7});/g, (_, code: string) => character(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

function size(text: string | undefined): number {
  const value = Number(text ?? 1)
  return Number.isSafeInteger(value) && value >= 1 ? value : 1
}

function pixelSizeOf(attributes: ReadonlyMap<string, string>): { x: number; y: number } | undefined {
  const length = (axis: string): number =>
    Number(attributes.get(`PhysicalSize${axis}`)) * micrometres(attributes.get(`PhysicalSize${axis}Unit`) ?? 'µm')
  const [x, y] = [length('X'), length('Y')]
  return x > 0 && y > 0 && Number.isFinite(x * y) ? { x, y } : undefined
}

const units = new Map([
  ['pm', 1e-6],
  ['Å', 1e-4],
  ['nm', 1e-3],
  ['µm', 1],
  ['μm', 1],
  ['um', 1],
  ['micron', 1],
  ['microns', 1],
  ['micrometer', 1],
  ['mm', 1e3],
  ['cm', 1e4],
  ['m', 1e6],
  ['inch', 25_400],
  ['in', 25_400]
])

/** Of one unit of length; NaN for a unit that is none. */
export function micrometres(unit: string): number {
  return units.get(unit) ?? NaN
}
