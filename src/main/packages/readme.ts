import { type PackageOrigin } from './manifest.ts'
import { fileLines, programsPart } from './readme-formats.ts'

/** The text that a colleague reads who has only a zip program. */
export function readmeText(origin: PackageOrigin): string {
  const programs = programsPart(origin.formats)
  const parts = [
    heading(origin),
    contentsPart(origin),
    masksPart(),
    ...(origin.formats.includes('coco') ? [outlinesPart()] : []),
    ...(programs === undefined ? [] : [programs]),
    madePart(origin),
    rightsPart(origin),
    checkPart()
  ]
  return parts.join('\n\n') + '\n'
}

function heading({ about }: PackageOrigin): string {
  const { name, images, cells } = about.synthetic
  const title = `${name}: ${images} synthetic microscopy pictures with ${cells} outlined cells`
  return `${title}
${'='.repeat(Math.min(title.length, 78))}

THESE PICTURES ARE SYNTHETIC. No microscope took them. A neural network drew
them, each together with the outlines of its cells, after it had learned from
real annotated pictures. Use them to train and test programs that find cells.
Do not use them as evidence of anything biological.`
}

function contentsPart({ about, formats }: PackageOrigin): string {
  const width = Math.max(5, ...about.synthetic.classes.map(({ name }) => name.length))
  const rows = about.synthetic.classes.map(
    ({ name, images, cells }) => `  ${name.padEnd(width)}  ${String(images).padStart(8)}  ${String(cells).padStart(8)}`
  )
  const files = [
    '  images/NAME.png      the pictures, 8 bits, gray or RGB',
    ...fileLines(formats),
    '  about.json           class, size and number of cells of each picture; how it was made',
    '  manifest.json        every file here with its size and SHA-256'
  ]
  return `What is in it
-------------

${files.join('\n')}

  ${'class'.padEnd(width)}  pictures     cells
${rows.join('\n')}

A picture and its mask have the same name.`
}

function masksPart(): string {
  return `How to read the masks
---------------------

A mask is a gray picture of 16 bits. 0 is background; the pixels of the first
cell have the value 1, those of the second 2, and so on. Most viewers show it
nearly black, because the numbers are small. In Fiji choose Image > Adjust >
Brightness/Contrast > Auto, or Image > Lookup Tables > glasbey. In Python:

  from skimage.io import imread
  labels = imread('masks/NAME.png')
  third_cell = labels == 3

In MATLAB: labels = imread('masks/NAME.png');`
}

function outlinesPart(): string {
  return `How to read the outlines
------------------------

outlines.coco.json is a COCO instance file with polygons along the edges of the
pixels. The field "label" of an annotation is the cell's value in the mask.
A hole in a cell is reached by a line there and back, and is left out where the
polygon is filled. masks.coco.json has the same cells as runs. In Python:

  from pycocotools.coco import COCO
  coco = COCO('masks.coco.json')
  mask = coco.annToMask(coco.loadAnns([1])[0])`
}

function madePart({ about, created, software }: PackageOrigin): string {
  const { synthetic, provenance } = about
  return `How it was made
---------------

  packed          ${created.toISOString()} by ${software}
  pictures        ${synthetic.created} by ${provenance.software}
  network         run "${provenance.run}", iteration ${synthetic.iteration}, preset "${provenance.preset}"
  learned from    "${provenance.dataset}"
  seed            ${synthetic.seed}, truncation ${synthetic.truncation}
  computed with   ${provenance.engine.name} (${provenance.engine.library}, ${provenance.engine.device})

Cells that were unlike the real ones in size or shape were taken out, and so were
pictures with too many or too few cells. Cells: ${about.filtered.cells}. Whole pictures: ${about.filtered.images}.`
}

function rightsPart({ license, author }: PackageOrigin): string {
  return `Licence and contact
-------------------

  licence         ${license}
  made by         ${author}

The real pictures that the network learned from are not in here. Their licence,
or the consent of the people they come from, may also bind what was learned
from them. If in doubt, ask whoever made this package.`
}

function checkPart(): string {
  return `How to check that nothing was changed
-------------------------------------

With CytoLoom:   cytoloom package verify FILE.zip
Without:         unpack it and compare the SHA-256 of a file with manifest.json:

  Linux          sha256sum images/NAME.png
  macOS          shasum -a 256 images/NAME.png
  Windows        Get-FileHash images\\NAME.png

To take it into CytoLoom: cytoloom package open FILE.zip. Keep the zip as it
is for that: one that was packed again by another program is not accepted.`
}
