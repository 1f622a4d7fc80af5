import { z } from 'zod'
import { Name } from '../../shared/datasets.ts'
import { AppError, invariant } from '../../shared/errors.ts'
import { type Manifest } from '../../shared/packages.ts'
import { SyntheticAbout, type SyntheticImage } from '../../shared/synthetic.ts'
import { toLabelImage } from '../images/label-image.ts'
import { type Picture } from '../images/picture.ts'
import { decodePng } from '../images/png-decode.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type ArchiveEntry } from './archive.ts'
import { parseJson } from './manifest.ts'
import { type PackageCheck } from './package-check.ts'
import { OutlineCheck } from './outline-check.ts'
import { Outlines } from './outlines.ts'
import { unfit } from './refusal.ts'

/**
 * Checks that the entries of a package of a synthetic set belong together: counts, sizes, masks and outlines say the same of every
 * picture. Entries come in the order of the archive: the description first, then outlines, pictures, masks.
 *
 * Every problem is thrown as an AppError of kind `input`.
 */
export class PackageContents implements PackageCheck {
  readonly #file: string
  readonly #manifest: Manifest
  #about: SyntheticAbout | undefined
  #pictures: ReadonlyMap<string, SyntheticImage> = new Map()
  #outlines: OutlineCheck | undefined

  constructor(file: string, manifest: Manifest) {
    this.#file = file
    this.#manifest = manifest
  }

  get about(): SyntheticAbout {
    if (this.#about === undefined) throw unfit(this.#file, 'about.json does not stand before the pictures')
    return this.#about
  }

  readAbout(path: string, bytes: Uint8Array): SyntheticAbout {
    const about = parseJson(this.#file, path, bytes, SyntheticAbout)
    const problem = aboutProblems.find(({ is }) => is(about, this.#manifest))
    if (problem !== undefined) throw unfit(this.#file, `${path} ${problem.says}`)
    this.#about = about
    this.#pictures = new Map(about.images.map((image) => [image.file, image]))
    return about
  }

  readOutlines(path: string, bytes: Uint8Array): void {
    const outlines = parseJson(this.#file, path, bytes, Outlines)
    this.#outlines = new OutlineCheck(this.#file, outlines, this.about.images)
  }

  readCells(path: string): void {
    throw unfit(this.#file, `${path} has no place in the package of a synthetic set`)
  }

  checkImage(entry: ArchiveEntry, bytes: Uint8Array): void {
    const { picture } = this.#decode(entry, bytes)
    if (picture.bits !== 8 || (picture.channels !== 1 && picture.channels !== 3)) {
      throw unfit(this.#file, `${entry.path} is not a gray or RGB picture of 8 bits`)
    }
  }

  checkMask(entry: ArchiveEntry, bytes: Uint8Array): void {
    const { image, picture } = this.#decode(entry, bytes)
    if (picture.bits !== 16 || picture.channels !== 1) {
      throw unfit(this.#file, `${entry.path} is not a label image of 16 bits`)
    }
    const { labels } = toLabelImage(entry.path, picture)
    const cells = new Set(labels)
    cells.delete(0)
    if (cells.size !== image.cells) {
      throw unfit(this.#file, `${entry.path} shows ${cells.size} cells where about.json counts ${image.cells}`)
    }
    this.#outlines?.compareMask(image, labels)
  }

  #decode(entry: ArchiveEntry, bytes: Uint8Array): { image: SyntheticImage; picture: Picture } {
    const image = this.#pictures.get(entry.path.slice(entry.path.indexOf('/') + 1))
    invariant(image !== undefined, 'entries were compared with about.json before they are read')
    const picture = this.#decodePng(entry, bytes)
    if (picture.width !== image.width || picture.height !== image.height) {
      throw unfit(
        this.#file,
        `${entry.path} is ${picture.width}×${picture.height} pixels where about.json says ${image.width}×${image.height}`
      )
    }
    return { image, picture }
  }

  #decodePng(entry: ArchiveEntry, bytes: Uint8Array): Picture {
    try {
      return decodePng(entry.path, bytes)
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      throw unfit(this.#file, `${entry.path} is not a picture that can be read`, thrown)
    }
  }
}

/** What about.json must say beyond its schema, so that the catalogue and the screens can trust it. */
const aboutProblems: readonly {
  readonly says: string
  readonly is: (about: SyntheticAbout, manifest: Manifest) => boolean
}[] = [
  {
    says: 'has a name or date that cannot be used',
    is: ({ synthetic }) =>
      !Name.safeParse(synthetic.name).success || !z.iso.datetime().safeParse(synthetic.created).success
  },
  {
    says: 'lists a picture that is no PNG',
    is: ({ images }) => images.some(({ file }) => !file.endsWith('.png'))
  },
  {
    says: 'holds removed cells that do not fit their pictures',
    is: ({ images }) => !images.every(hasSoundRuns)
  },
  {
    says: 'counts other pictures or cells than it lists',
    is: ({ synthetic, images }) => synthetic.images !== images.length || synthetic.cells !== cellsOf(images)
  },
  {
    says: 'counts the pictures or cells of a class differently from its list',
    is: ({ synthetic, images }) =>
      new Set(synthetic.classes.map(({ name }) => name)).size !== synthetic.classes.length ||
      images.some((image) => !synthetic.classes.some(({ name }) => name === image.class)) ||
      synthetic.classes.some((count) => {
        const ofClass = images.filter((image) => image.class === count.name)
        return count.images !== ofClass.length || count.cells !== cellsOf(ofClass)
      })
  },
  {
    says: 'does not agree with the manifest',
    is: ({ synthetic }, manifest) =>
      synthetic.name !== manifest.name ||
      synthetic.seed !== manifest.seed ||
      synthetic.images !== manifest.images ||
      synthetic.cells !== manifest.cells ||
      JSON.stringify(synthetic.classes) !== JSON.stringify(manifest.classes)
  }
]

function hasSoundRuns({ removed = [], width, height }: SyntheticImage): boolean {
  try {
    for (const { counts } of removed) rleFromString(counts, height, width)
    return true
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return false
  }
}

function cellsOf(images: readonly SyntheticImage[]): number {
  return images.reduce((sum, { cells }) => sum + cells, 0)
}
