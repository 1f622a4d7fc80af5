import { type DatasetAbout } from '../../shared/abouts.ts'
import { type PackageKind } from '../../shared/packages.ts'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { type PackageOrigin } from './manifest.ts'
import { packedSetOf } from './packed-set.ts'

/** The first lines of the list of files, by what is packed. */
export const pictureLines: Readonly<Record<PackageKind, readonly string[]>> = {
  synthetic: ['  images/NAME.png      the pictures, 8 bits, gray or RGB'],
  dataset: [
    '  images/NAME.png|tif  the pictures, with the values that were imported',
    '  cells/NAME.json      each cell as COCO runs, also where cells overlap'
  ]
}

export function heading({ about }: PackageOrigin): string {
  const { kind, name, images, cells } = packedSetOf(about)
  const what = kind === 'synthetic' ? 'synthetic microscopy pictures' : 'microscopy pictures'
  const title = `${name}: ${images.length} ${what} with ${cells} outlined cells`
  return `${title}
${'='.repeat(Math.min(title.length, 78))}

${warnings[kind]}`
}

const warnings: Readonly<Record<PackageKind, string>> = {
  synthetic: `THESE PICTURES ARE SYNTHETIC. No microscope took them. A neural network drew
them, each together with the outlines of its cells, after it had learned from
real annotated pictures. Use them to train and test programs that find cells.
Do not use them as evidence of anything biological.`,
  dataset: `This is a data set as it was imported: the pictures with their values, and the
cells as they were annotated. Nothing in it was made by a network here. The
masks have one cell for each pixel: where cells overlap, the smaller is on top.
Regions that were annotated as crowds are no cells and are not in the masks;
the COCO files have them with iscrowd 1.`
}

export function madePart(origin: PackageOrigin): string {
  return origin.about.kind === 'synthetic' ? generated(origin.about, origin) : imported(origin.about, origin)
}

function generated({ synthetic, provenance, filtered }: SyntheticAbout, { created, software }: PackageOrigin): string {
  return `How it was made
---------------

  packed          ${created.toISOString()} by ${software}
  pictures        ${synthetic.created} by ${provenance.software}
  network         run "${provenance.run}", iteration ${synthetic.iteration}, preset "${provenance.preset}"
  learned from    "${provenance.dataset}"
  seed            ${synthetic.seed}, truncation ${synthetic.truncation}
  computed with   ${provenance.engine.name} (${provenance.engine.library}, ${provenance.engine.device})

Cells that were unlike the real ones in size or shape were taken out, and so were
pictures with too many or too few cells. Cells: ${filtered.cells}. Whole pictures: ${filtered.images}.
The pixels of such cells are in the COCO files as regions with iscrowd 1: the
pictures may show a cell there, so they are better left out of a loss or score.`
}

function imported({ dataset }: DatasetAbout, { created, software }: PackageOrigin): string {
  return `How it was made
---------------

  packed          ${created.toISOString()} by ${software}
  imported        ${dataset.created}, format "${dataset.format}"

about.json has for each picture the SHA-256 of the file it was imported from, and
its name there where it is another.`
}

export function rightsPart({ about, license, author }: PackageOrigin): string {
  return `Licence and contact
-------------------

  licence         ${license}
  made by         ${author}

${rights[about.kind]}`
}

const rights: Readonly<Record<PackageKind, string>> = {
  synthetic: `The real pictures that the network learned from are not in here. Their licence,
or the consent of the people they come from, may also bind what was learned
from them. If in doubt, ask whoever made this package.`,
  dataset: `The pictures keep the licence they were published with, and the consent of the
people they come from binds whoever has them. If in doubt, ask whoever made this
package.`
}
