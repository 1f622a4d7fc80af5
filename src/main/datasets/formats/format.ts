import { type FormatName, type PlaneChoice } from '../../../shared/datasets.ts'
import { type StackSizes } from '../../images/tiff-stack.ts'
import { type Annotation, type Size } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { type PictureFile } from '../picture-files.ts'
import { type SampleFolder } from './image-folders.ts'
import { type CellsPlace, type CountCategories, type Source, type SourcePlace } from '../source-image.ts'

/** What a source can be read as: how it is told from others, and where its pictures and cells are. */
export interface Format<More = unknown> {
  /** What such a source holds, for the sentence that says what is expected. */
  readonly holds: string | undefined
  readonly guess: Clues
  /** Finds all pictures and where the cells of each are written. Opens no picture. */
  find(place: SourcePlace, log: Log, count: CountCategories): Promise<Source>
  /**
   * Reads the cells of one image; absent where the source gives them out with its pictures.
   *
   * @param file as the log is to call the image
   * @returns `undefined` where there are cells and none of them can be taken
   */
  cells?(place: CellsPlace<More>, file: string, picture: PictureFacts, log: Log): Promise<Annotation | undefined>
  /** The category of each cell in the annotation of one image; absent where `find` knows them. */
  categories?(place: CellsPlace<More>): Promise<Iterable<string | undefined>>
  /** The rule for classes and times that its file names follow, where no other is asked for. */
  readonly names?: 'livecell'
}

/** What is known of a picture when its cells are read: its size, for annotations that do not state their own, and … */
export interface PictureFacts extends Size {
  /** … which planes of its stack were chosen, */
  readonly planes?: PlaneChoice
  /** … of how many. */
  readonly stack?: StackSizes | undefined
  /** Whether this size counts, whatever the annotation states. */
  readonly isForced?: boolean
}

/**
 * What can tell a format from the others, the surest first: a file with an ending of its own, pictures and annotations in
 * two folders side by side, the beginning of a JSON file, a folder of annotations alone, names of files and folders, and
 * files that other formats may have as well.
 */
export const clueKinds = ['ending', 'folders', 'beginning', 'folder', 'names', 'rest'] as const

/** For each kind of clue what tells so, as a clause after "because". */
export type Clues = Partial<Record<(typeof clueKinds)[number], (seen: Seen) => Reason | Promise<Reason>>>
export type Reason = string | undefined

/** A source as it looks before anything of it is read. */
export interface Seen {
  /** With the folder that counts, where another lies around it. */
  readonly place: SourcePlace
  /** The file that is named as the source or its annotations, and the beginning of a sentence about it: `it is`. */
  readonly named: { readonly path: string; readonly words: string } | undefined
  /** All files below the source; the named one alone, where there is one. */
  readonly files: readonly string[]
  /** The folder of the pictures alone, where there is one. */
  readonly imageFolder: string | undefined
  /** The folder of label images or masks, if it holds pictures. */
  readonly labels: { readonly folder: string; readonly pictures: readonly PictureFile[] } | undefined
  /** Folders that have both pictures and masks or label images in folders of their own. */
  readonly samples: () => Promise<readonly SampleFolder[]>
  readonly json: () => Promise<SeenJson | undefined>
}

/** The first JSON file, and the pictures that it may be about. */
export interface SeenJson {
  readonly path: string
  readonly start: string
  /** The beginning of a sentence about it: `beside the pictures there is`. */
  readonly words: string
  readonly pictures: readonly PictureFile[]
}

/** The format that a source has, and what tells so. */
export interface Guess {
  readonly format: FormatName
  readonly reason: string
}

export function hasEnding(path: string, ...endings: readonly string[]): boolean {
  return endings.some((ending) => path.toLowerCase().endsWith(ending))
}

/** The grid that an annotation is drawn on: of the size that it states, else of its picture's. */
export function gridOf(
  { width, height, isForced }: PictureFacts,
  statedWidth: number | null | undefined,
  statedHeight: number | null | undefined
): Size {
  if (isForced === true) return { width, height }
  return { width: statedWidth ?? width, height: statedHeight ?? height }
}
