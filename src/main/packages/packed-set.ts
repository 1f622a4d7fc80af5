import { z } from 'zod'
import { DatasetAbout } from '../../shared/abouts.ts'
import { type PackageKind } from '../../shared/packages.ts'
import { plainLine } from '../../shared/plain-text.ts'
import { SyntheticAbout } from '../../shared/synthetic.ts'
import { type ExportImage } from './formats/format.ts'

/** `about.json` of a package: of a set that a network made, or of a data set whose pictures have a package's names. */
export const PackageAbout = z.discriminatedUnion('kind', [SyntheticAbout, DatasetAbout])
export type PackageAbout = z.infer<typeof PackageAbout>

export interface PackedImage extends ExportImage {
  readonly cells: number
}

/** What packages of both kinds have in common. */
export interface PackedSet {
  readonly kind: PackageKind
  readonly name: string
  readonly created: string
  /** Of a synthetic set. */
  readonly seed: number | undefined
  readonly images: readonly PackedImage[]
  /** As the set counts them. */
  readonly pictures: number
  readonly cells: number
  readonly classes: readonly { readonly name: string; readonly images: number; readonly cells: number }[]
  /** What a file that can hold a sentence says of its origin. */
  readonly statement: string
}

export function packedSetOf(about: PackageAbout): PackedSet {
  if (about.kind === 'synthetic') {
    const { name, created, seed, images: pictures, cells, classes } = about.synthetic
    const statement = `Synthetic pictures made by ${plainLine(about.provenance.software)}; not photographs of real cells.`
    return { kind: 'synthetic', name, created, seed, images: about.images, pictures, cells, classes, statement }
  }
  const { name, created, images: pictures, cells, classes } = about.dataset
  return {
    kind: 'dataset',
    name,
    created,
    seed: undefined,
    images: about.images,
    pictures,
    cells,
    classes: classes.map(({ name: className, images, cells: own }) => ({ name: className, images, cells: own })),
    statement: `Pictures and cells of the data set "${plainLine(name)}", as they were imported; not made by a network.`
  }
}
