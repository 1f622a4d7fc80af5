import { plainly } from '../../shared/plain-text.ts'
import { type PackageOrigin } from './manifest.ts'
import { packedSetOf } from './packed-set.ts'
import { fileLines, programsPart } from './readme-formats.ts'
import { heading, madePart, pictureLines, rightsPart } from './readme-origin.ts'

/** The text that a colleague reads who has only a zip program. */
export function readmeText(given: PackageOrigin): string {
  const origin = plainly(given) // no text of a stranger begins a line of ours
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

function contentsPart({ about, formats }: PackageOrigin): string {
  const { kind, classes } = packedSetOf(about)
  const width = Math.max(5, ...classes.map(({ name }) => name.length))
  const rows = classes.map(
    ({ name, images, cells }) => `  ${name.padEnd(width)}  ${String(images).padStart(8)}  ${String(cells).padStart(8)}`
  )
  const files = [
    ...pictureLines[kind],
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

function checkPart(): string {
  return `How to check that nothing was changed
-------------------------------------

With CytoLoom:   open this zip there. Every file is checked before any is taken.
Without:         unpack it and compare the SHA-256 of a file with manifest.json:

  Linux          sha256sum images/NAME.png
  macOS          shasum -a 256 images/NAME.png
  Windows        Get-FileHash images\\NAME.png

Keep the zip as it is for CytoLoom: one that was packed again by another
program is not accepted.`
}
