import { z } from 'zod'
import { DatasetAbout } from '../../shared/abouts.ts'
import { type DatasetImage, Name, StoredCell } from '../../shared/datasets.ts'
import { AppError, invariant } from '../../shared/errors.ts'
import { type Manifest } from '../../shared/packages.ts'
import { toLabelImage } from '../images/label-image.ts'
import { type Picture } from '../images/picture.ts'
import { decodePicture } from '../images/read.ts'
import { type ArchiveEntry } from './archive.ts'
import { entryName, pictureName } from './entry-names.ts'
import { parseJson } from './manifest.ts'
import { Outlines } from './outlines.ts'
import { type PackageCheck } from './package-check.ts'
import { packedSetOf } from './packed-set.ts'
import { unfit } from './refusal.ts'
import { labelCells } from './stored-cells.ts'

/** The same as `PackageContents` for the package of a data set: its cells as runs are what masks are held against. */
export class DatasetContents implements PackageCheck {
  readonly #file: string
  readonly #manifest: Manifest
  #about: DatasetAbout | undefined
  /** By the names of their pictures without an ending. */
  #images: ReadonlyMap<string, DatasetImage> = new Map()
  readonly #cells = new Map<string, readonly StoredCell[]>()

  constructor(file: string, manifest: Manifest) {
    this.#file = file
    this.#manifest = manifest
  }

  get about(): DatasetAbout {
    if (this.#about === undefined) throw unfit(this.#file, 'about.json does not stand before the pictures')
    return this.#about
  }

  readAbout(path: string, bytes: Uint8Array): DatasetAbout {
    const about = parseJson(this.#file, path, bytes, DatasetAbout)
    const problem = aboutProblems.find(({ is }) => is(about, this.#manifest))
    if (problem !== undefined) throw unfit(this.#file, `${path} ${problem.says}`)
    this.#about = about
    this.#images = new Map(about.images.map((image) => [stemOf(image.file), image]))
    return about
  }

  readOutlines(path: string, bytes: Uint8Array): void {
    const { images, annotations } = parseJson(this.#file, path, bytes, Outlines)
    const { dataset } = this.about
    if (images.length === dataset.images && annotations.length === dataset.cells) return
    throw unfit(this.#file, `${path} is about other pictures or cells than about.json`)
  }

  readCells(path: string, bytes: Uint8Array): void {
    const cells = parseJson(this.#file, path, bytes, z.array(StoredCell))
    const { image } = this.#imageOf(path)
    if (cells.length !== image.cells) {
      throw unfit(this.#file, `${path} has ${cells.length} cells where about.json counts ${image.cells}`)
    }
    this.#cells.set(stemOf(image.file), cells)
  }

  async checkImage(entry: ArchiveEntry, bytes: Uint8Array): Promise<void> {
    await this.#decode(entry, bytes)
  }

  async checkMask(entry: ArchiveEntry, bytes: Uint8Array): Promise<void> {
    const { stem, image } = this.#imageOf(entry.path)
    const picture = await this.#decode(entry, bytes)
    const shown = this.#attempt(entry.path, () => toLabelImage(entry.path, picture).labels)
    const cells = this.#cells.get(stem) ?? []
    const { labels } = this.#attempt(entryName.cells(image.file), () => labelCells(entry.path, cells, image))
    this.#cells.delete(stem)
    if (picture.bits === 16 && labels.every((label, i) => label === shown[i])) return
    throw unfit(this.#file, `${entry.path} does not show the cells of ${entryName.cells(image.file)}`)
  }

  async #decode(entry: ArchiveEntry, bytes: Uint8Array): Promise<Picture> {
    const { image } = this.#imageOf(entry.path)
    const { picture } = await decodePicture(entry.path, bytes).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError)) throw thrown
      throw unfit(this.#file, `${entry.path} is not a picture that can be read`, thrown)
    })
    if (picture.width === image.width && picture.height === image.height) return picture
    throw unfit(
      this.#file,
      `${entry.path} is ${picture.width}×${picture.height} pixels where about.json says ${image.width}×${image.height}`
    )
  }

  #imageOf(path: string): { stem: string; image: DatasetImage } {
    const stem = stemOf(path.slice(path.indexOf('/') + 1))
    const image = this.#images.get(stem)
    invariant(image !== undefined, 'entries were compared with about.json before they are read')
    return { stem, image }
  }

  #attempt<Result>(path: string, read: () => Result): Result {
    try {
      return read()
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      throw unfit(this.#file, `${path} cannot be read: ${thrown.message.replace(/\.$/, '')}`, thrown)
    }
  }
}

function stemOf(file: string): string {
  return file.replace(/\.\w+$/, '')
}

/** What about.json must say beyond its schema, so that the catalogue and the screens can trust it. */
const aboutProblems: readonly {
  readonly says: string
  readonly is: (about: DatasetAbout, manifest: Manifest) => boolean
}[] = [
  {
    says: 'has a name or date that cannot be used',
    is: ({ dataset }) => !Name.safeParse(dataset.name).success || !z.iso.datetime().safeParse(dataset.created).success
  },
  {
    says: 'gives a picture a name that it must not have',
    is: ({ images }) =>
      images.some(({ file }) => !pictureName.test(file)) ||
      new Set(images.map(({ file }) => stemOf(file).toLowerCase())).size !== images.length
  },
  {
    says: 'does not number its pictures from 1, or lists one without annotation',
    is: ({ images }) => images.some((image, i) => image.id !== i + 1 || !image.annotated)
  },
  {
    says: 'counts other pictures or cells than it lists',
    is: ({ dataset, images }) =>
      dataset.images !== images.length ||
      dataset.annotated !== images.length ||
      dataset.cells !== images.reduce((sum, { cells }) => sum + cells, 0)
  },
  {
    says: 'counts the pictures or cells of a class differently from its list',
    is: ({ dataset, images }) =>
      new Set(dataset.classes.map(({ name }) => name)).size !== dataset.classes.length ||
      images.some((image) => !dataset.classes.some(({ name }) => name === image.class)) ||
      dataset.classes.some((count) => {
        const own = images.filter((image) => image.class === count.name)
        return count.images !== own.length || count.cells !== own.reduce((sum, { cells }) => sum + cells, 0)
      })
  },
  {
    says: 'does not agree with the manifest',
    is: (about, manifest) => {
      const { name, images, cells, classes } = packedSetOf(about)
      return (
        name !== manifest.name ||
        images.length !== manifest.images ||
        cells !== manifest.cells ||
        JSON.stringify(classes) !== JSON.stringify(manifest.classes)
      )
    }
  }
]
