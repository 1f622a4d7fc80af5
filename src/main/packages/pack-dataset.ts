import { extname } from 'node:path'
import { type DatasetAbout } from '../../shared/abouts.ts'
import { type DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { withoutHome } from '../../shared/things.ts'

/** A data set as a package has it. */
export interface PackedDataset {
  /** Its annotated images, from 1, with names that a package may have. */
  readonly about: DatasetAbout
  /** The images as the workspace has them, by their names in the package. */
  readonly originals: ReadonlyMap<string, DatasetImage>
  readonly warnings: readonly string[]
}

/**
 * Chooses what of a data set is packed: the images with annotation, as a mask without cells would say that there are
 * none. A picture of 8 bits that is a PNG stays one; any other is a TIFF there.
 */
export function packDataset({ dataset, images, ...about }: DatasetAbout): PackedDataset {
  const annotated = images.filter((image) => image.annotated)
  if (annotated.length === 0) {
    throw refuse(`No image of "${dataset.name}" is annotated, so there is nothing to pack.`, {
      next: 'Import it again together with its annotation.',
      remedies: [{ action: 'import-again', option: 'annotations' }]
    })
  }
  const names = new PackageNames()
  const packed = annotated.map((image, i) => {
    const file = names.take(image)
    return {
      original: image,
      image: { ...image, id: i + 1, file, ...(file !== image.file && { source: image.source ?? image.file }) }
    }
  })
  const left = images.length - annotated.length
  const classes = dataset.classes
    .filter((count) => count.annotated > 0)
    .map((count) => ({ ...count, images: count.annotated }))
  return {
    about: {
      ...about,
      dataset: { ...withoutHome(dataset), images: annotated.length, annotated: annotated.length, classes },
      images: packed.map(({ image }) => image)
    },
    originals: new Map(packed.map(({ original, image }) => [image.file, original])),
    warnings: left === 0 ? [] : [`${left} images without annotation are not in the package.`]
  }
}

const longest = 180
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

/** Names of letters, digits, - and _, which every system and every program takes; no two alike. */
class PackageNames {
  readonly #taken = new Set<string>()

  take({ file, bits }: DatasetImage): string {
    const isPng = bits === 8 && extname(file).toLowerCase() === '.png'
    const plain = file
      .slice(0, file.length - extname(file).length)
      .replace(/[^\w-]/g, '_')
      .slice(-longest)
    const stem = deviceName.test(plain) ? `_${plain}` : plain
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? stem : `${stem}-${count}`
      if (this.#taken.has(candidate.toLowerCase())) continue
      this.#taken.add(candidate.toLowerCase())
      return `${candidate}${isPng ? '.png' : '.tif'}`
    }
  }
}
