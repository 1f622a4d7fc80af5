import { type FormatName } from '../../shared/datasets.ts'
import { type LabelImage } from '../images/label-image.ts'
import { type Picture } from '../images/picture.ts'

/** Which objects of a source that marks both are the cells: whole cells, or their nuclei. */
export type Objects = 'cells' | 'nuclei'

/**
 * Where the cells of one image are written. Plain data, so that a worker thread can read them when the image's turn
 * comes: no reader holds the annotation of more than one image.
 */
export interface CellsPlace<More = unknown> {
  readonly format: FormatName
  /** The files that are read as a whole for it: their sizes say how long that may take. */
  readonly files: readonly string[]
  /** What the format has to know besides, as its `find` put it down. */
  readonly more: More
}

/** An image that its source gives out whole, one after the other, such as a row of a NumPy array. */
export interface ReadImage {
  readonly picture: Picture
  readonly labels: LabelImage
  /** What of the source it is. */
  readonly taken: string
}

/** One image of a source, before any of its pixels is read. */
export interface SourceImage {
  /** The file that it is, or is in. */
  readonly path: string
  /** The name that it is to have in the data set; folders by `/`. */
  readonly file: string
  /** The folders between the source's folder of images and the file. */
  readonly folders: readonly string[]
  /** The annotation's own name for what most of its cells are. */
  readonly category?: string | undefined
  /** train, validation or test, where the source says so. */
  readonly split?: string | undefined
  /** Images that must not be parted in a split, where the source says so; else the file is alone. */
  readonly group?: string | undefined
  /** Absent for an image without annotation, which is not the same as one without cells. */
  readonly cells?: CellsPlace | undefined
  /** Gives picture and cells, where they are not files of their own. Called in the order of the images' names. */
  readonly read?: (() => Promise<ReadImage>) | undefined
}

/** How many cells each category has in the annotation file of one image. */
export type CountCategories = (place: CellsPlace) => Promise<ReadonlyMap<string, number>>

/** What a reader finds. */
export interface Source {
  readonly images: readonly SourceImage[]
  /** Lets go of what `read` holds open. */
  readonly close?: () => Promise<void>
}

/** Where to look, as the user said it. */
export interface SourcePlace {
  readonly source: string
  readonly images?: string | undefined
  readonly annotations?: string | undefined
  /** Whole cells when absent. */
  readonly objects?: Objects | undefined
  /** How classes are found; a rule that names a column tells a reader which words to take for categories. */
  readonly classFrom?: string | undefined
}
