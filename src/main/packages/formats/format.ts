import { type Picture } from '../../images/picture.ts'
import { rleFromLabel, type Rle } from '../../masks/rle.ts'

/** What is known of a picture before its pixels are read. */
export interface ExportImage {
  /** Its name in a package: plain ASCII, with `.png` or `.tif` at its end. */
  readonly file: string
  readonly class: string
  readonly width: number
  readonly height: number
}

export interface ExportCell {
  /** The cell's number in the label image, from 1. */
  readonly label: number
  /** All its pixels, also those that another cell covers in the label image. */
  readonly raster: Rle
}

/** A picture with its cells. */
export interface ExportPicture extends ExportImage {
  readonly picture: Picture
  /** The picture's file as the package has it. */
  readonly bytes: Uint8Array
  /** Row by row; 0 is background. */
  readonly labels: Uint32Array
  /** In the order of their labels. */
  readonly cells: readonly ExportCell[]
  /** Regions that are neither cell nor background. */
  readonly ignored: readonly Rle[]
}

/** A set of pictures that is to be written in other programs' formats. */
export interface ExportSet {
  readonly classes: readonly string[]
  readonly images: readonly ExportImage[]
  /** What a file that can hold a sentence says of its origin. */
  readonly statement: string
}

export type LoadPicture = (image: ExportImage) => Promise<ExportPicture>

/** A file of a format: its place in the package, and how its bytes come about. The same pictures give the same bytes. */
export interface ExportFile {
  readonly path: string
  readonly make: (load: LoadPicture) => Promise<Uint8Array>
}

/** The files that a set has in one format, in their order; nothing is read before `make`. */
export type Format = (set: ExportSet) => ExportFile[]

/** Files that follow from one picture each. */
export function filesOfEach(
  { images }: ExportSet,
  pathOf: (stem: string, image: ExportImage) => string,
  make: (picture: ExportPicture) => Uint8Array | Promise<Uint8Array>
): ExportFile[] {
  return images.map((image) => ({
    path: pathOf(stemOf(image), image),
    make: async (load) => make(await load(image))
  }))
}

export function stemOf({ file }: ExportImage): string {
  return file.replace(/\.\w+$/, '')
}

/** The cells of a label image, none of which covers another. */
export function cellsOf(labels: ArrayLike<number>, width: number, height: number): ExportCell[] {
  return [...rleFromLabel(labels, width, height)].map(([label, raster]) => ({ label, raster }))
}
