import { z } from 'zod'
import { StoredCell } from '../../shared/datasets.ts'
import { AppError, invariant } from '../../shared/errors.ts'
import { type Manifest } from '../../shared/packages.ts'
import { toLabelImage } from '../images/label-image.ts'
import { type Picture } from '../images/picture.ts'
import { decodePng } from '../images/png-decode.ts'
import { decodePicture } from '../images/read.ts'
import { problemOf } from './about-check.ts'
import { type ArchiveEntry } from './archive.ts'
import { entryName } from './entry-names.ts'
import { parseJson } from './manifest.ts'
import { OutlineCheck } from './outline-check.ts'
import { cellOutlines, Outlines, rasterOutlines } from './outlines.ts'
import { PackageAbout, type PackedImage, packedSetOf } from './packed-set.ts'
import { unfit } from './refusal.ts'
import { labelCells } from './stored-cells.ts'

/**
 * Checks that the entries of a package belong together: counts, sizes, cells, masks and outlines say the same of every
 * picture. Entries come in the order of the archive: the description first, then outlines, cells, pictures, masks.
 *
 * What masks and outlines are held against is the truth of the set: the masks themselves of a synthetic set, the cells as
 * runs of a data set. Every problem is thrown as an AppError of kind `input`.
 */
export class SetCheck {
  readonly #file: string
  readonly #manifest: Manifest
  #about: PackageAbout | undefined
  /** By their names without an ending. */
  #images: ReadonlyMap<string, PackedImage> = new Map()
  #outlines: OutlineCheck | undefined
  /** Of pictures of a data set whose mask is still to come. */
  readonly #cells = new Map<PackedImage, readonly StoredCell[]>()

  constructor(file: string, manifest: Manifest) {
    this.#file = file
    this.#manifest = manifest
  }

  get about(): PackageAbout {
    if (this.#about === undefined) throw unfit(this.#file, 'about.json does not come before the pictures')
    return this.#about
  }

  readAbout(path: string, bytes: Uint8Array): PackageAbout {
    const about = parseJson(this.#file, path, bytes, PackageAbout)
    const problem = problemOf(about, this.#manifest)
    if (problem !== undefined) throw unfit(this.#file, `${path} ${problem}`)
    this.#about = about
    this.#images = new Map(packedSetOf(about).images.map((image) => [stemOf(image.file), image]))
    return about
  }

  readOutlines(path: string, bytes: Uint8Array): void {
    const outlines = parseJson(this.#file, path, bytes, Outlines)
    this.#outlines = new OutlineCheck(this.#file, outlines, packedSetOf(this.about))
  }

  readCells(path: string, bytes: Uint8Array): void {
    const image = this.#imageOf(path)
    const cells = parseJson(this.#file, path, bytes, z.array(StoredCell))
    if (cells.length !== image.cells) {
      throw unfit(this.#file, `${path} has ${cells.length} cells where about.json counts ${image.cells}`)
    }
    this.#cells.set(image, cells)
  }

  async checkImage(entry: ArchiveEntry, bytes: Uint8Array): Promise<void> {
    const picture = await this.#decode(entry, bytes)
    const isPlain = picture.bits === 8 && (picture.channels === 1 || picture.channels === 3)
    if (this.about.kind === 'dataset' || isPlain) return
    throw unfit(this.#file, `${entry.path} is not a gray or RGB picture of 8 bits`)
  }

  async checkMask(entry: ArchiveEntry, bytes: Uint8Array): Promise<void> {
    const picture = await this.#decode(entry, bytes)
    if (picture.bits !== 16 || picture.channels !== 1) {
      throw unfit(this.#file, `${entry.path} is not a label image of 16 bits`)
    }
    const image = this.#imageOf(entry.path)
    const { labels } = toLabelImage(entry.path, picture)
    if (this.about.kind === 'synthetic') this.#checkCount(entry, image, labels)
    else await this.#checkCells(entry, image, labels)
  }

  /** The mask is the truth. */
  #checkCount({ path }: ArchiveEntry, image: PackedImage, labels: Uint32Array): void {
    const shown = new Set(labels)
    shown.delete(0)
    if (shown.size !== image.cells) {
      throw unfit(this.#file, `${path} shows ${shown.size} cells where about.json counts ${image.cells}`)
    }
    this.#outlines?.compare(image, cellOutlines(labels, image.width, image.height))
  }

  /** The runs are the truth. */
  async #checkCells({ path }: ArchiveEntry, image: PackedImage, labels: Uint32Array): Promise<void> {
    const place = entryName.cells(image.file)
    const stored = this.#cells.get(image) ?? []
    this.#cells.delete(image)
    const labelled = await this.#attempt(`${place} cannot be read`, () => labelCells(place, stored, image))
    if (labelled.labels.some((label, i) => label !== labels[i])) {
      throw unfit(this.#file, `${path} does not show the cells of ${place}`)
    }
    this.#outlines?.compare(image, rasterOutlines(labelled.cells), labelled.ignored)
  }

  async #decode(entry: ArchiveEntry, bytes: Uint8Array): Promise<Picture> {
    const { width, height } = this.#imageOf(entry.path)
    const picture = await this.#attempt(`${entry.path} is not a picture that can be read`, () =>
      entry.path.endsWith('.png')
        ? decodePng(entry.path, bytes)
        : decodePicture(entry.path, bytes).then((decoded) => decoded.picture)
    )
    if (picture.width === width && picture.height === height) return picture
    throw unfit(
      this.#file,
      `${entry.path} is ${picture.width}×${picture.height} pixels where about.json says ${width}×${height}`
    )
  }

  #imageOf(path: string): PackedImage {
    const image = this.#images.get(stemOf(path.slice(path.indexOf('/') + 1)))
    invariant(image !== undefined, 'entries were compared with about.json before they are read')
    return image
  }

  async #attempt<Result>(problem: string, read: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await read()
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      throw unfit(this.#file, problem, thrown)
    }
  }
}

function stemOf(file: string): string {
  return file.replace(/\.\w+$/, '')
}
