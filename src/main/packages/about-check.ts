import { z } from 'zod'
import { type DatasetAbout } from '../../shared/abouts.ts'
import { Name } from '../../shared/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { type Manifest } from '../../shared/packages.ts'
import { type SyntheticAbout, type SyntheticImage } from '../../shared/synthetic.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { pictureName } from './entry-names.ts'
import { type PackageAbout, type PackedImage, type PackedSet, packedSetOf } from './packed-set.ts'

/**
 * What is wrong with the description of a set beyond its schema, as the end of a sentence; `undefined` for one that the
 * catalogue and the screens can trust.
 */
export function problemOf(about: PackageAbout, manifest: Manifest): string | undefined {
  const set = packedSetOf(about)
  const own = about.kind === 'synthetic' ? problemsOfSynthetic : problemsOfDataset
  return [...problems, ...own].find(({ is }) => is(set, about as never, manifest))?.says // of its own kind
}

interface Problem<About> {
  readonly says: string
  readonly is: (set: PackedSet, about: About, manifest: Manifest) => boolean
}

const problems: readonly Problem<PackageAbout>[] = [
  {
    says: 'has a name or date that cannot be used',
    is: ({ name, created }) => !Name.safeParse(name).success || !z.iso.datetime().safeParse(created).success
  },
  {
    says: 'gives a picture a name that it must not have',
    is: ({ images }) =>
      images.some(({ file }) => !pictureName.test(file)) ||
      new Set(images.map(({ file }) => file.replace(/\.\w+$/, '').toLowerCase())).size !== images.length
  },
  {
    says: 'counts other pictures or cells than it lists',
    is: ({ images, pictures, cells }) => pictures !== images.length || cells !== cellsOf(images)
  },
  {
    says: 'counts the pictures or cells of a class differently from its list',
    is: ({ images, classes }) =>
      new Set(classes.map(({ name }) => name)).size !== classes.length ||
      images.some((image) => !classes.some(({ name }) => name === image.class)) ||
      classes.some((count) => {
        const ofClass = images.filter((image) => image.class === count.name)
        return count.images !== ofClass.length || count.cells !== cellsOf(ofClass)
      })
  },
  {
    says: 'does not agree with the manifest',
    is: ({ kind, name, seed, images, cells, classes }, _, manifest) =>
      (kind === 'synthetic') !== manifest.synthetic ||
      name !== manifest.name ||
      seed !== manifest.seed ||
      images.length !== manifest.images ||
      cells !== manifest.cells ||
      JSON.stringify(classes) !== JSON.stringify(manifest.classes)
  }
]

const problemsOfSynthetic: readonly Problem<SyntheticAbout>[] = [
  {
    says: 'lists a picture that is not a PNG',
    is: (_, { images }) => images.some(({ file }) => !file.endsWith('.png'))
  },
  {
    says: 'holds removed cells that do not fit their pictures',
    is: (_, { images }) => !images.every(hasSoundRuns)
  }
]

const problemsOfDataset: readonly Problem<DatasetAbout>[] = [
  {
    says: 'does not number its pictures from 1, or lists one without annotation',
    is: (_, { dataset, images }) =>
      dataset.annotated !== images.length || images.some((image, i) => image.id !== i + 1 || !image.annotated)
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

function cellsOf(images: readonly PackedImage[]): number {
  return images.reduce((sum, { cells }) => sum + cells, 0)
}
