import { type SourceFormat, type StoredCell } from '../../shared/datasets.ts'

/** The layouts that are read; `auto` has been resolved to one of them. */
export type Layout = Exclude<SourceFormat, 'auto'>

/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What marks the cells of one image. Its size is that of the grid they are drawn on, and must be the image's. */
export interface Annotation extends Size {
  readonly cells: readonly StoredCell[]
}

/** One image of a source, before any of its pixels is read. */
export interface SourceImage {
  /** Where it is. */
  readonly path: string
  /** The name that it is to have in the data set; folders by `/`. */
  readonly file: string
  /** The folders between the source's folder of images and the file. */
  readonly folders: readonly string[]
  /** The annotation's own name for what most of its cells are. */
  readonly category?: string | undefined
  /** train, validation or test, where the source says so. */
  readonly split?: string | undefined
  /** Reads the cells, given the image's size in pixels; absent for an image without annotation, which is not the same as one without cells. */
  readonly annotation?: ((size: Size) => Promise<Annotation>) | undefined
}

/** Where to look, as the user said it. */
export interface SourcePlace {
  readonly source: string
  readonly images?: string | undefined
  readonly annotations?: string | undefined
}
