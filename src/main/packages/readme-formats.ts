import { type PackageFormat } from '../../shared/packages.ts'

/** What the README says of each format: the lines of the list, and how to open it. */
interface FormatNote {
  readonly files: readonly string[]
  readonly use?: string
}

const notes: Readonly<Record<PackageFormat, FormatNote>> = {
  labels: {
    files: [
      '  masks/NAME.png       for each picture, which pixel belongs to which cell',
      '  previews/NAME.png    the masks in colours, to look at; not for measuring'
    ]
  },
  coco: {
    files: [
      '  outlines.coco.json   the same cells in COCO format, as polygons',
      '  masks.coco.json      the same as COCO runs (RLE), with every pixel and hole'
    ]
  },
  tiff: {
    files: ['  masks-tiff/NAME.tif  the masks as TIFF of 16 bits']
  },
  cellpose: {
    files: ['  cellpose/            pictures with NAME_masks.tif beside them'],
    use: `Cellpose     In its window drop a picture of the folder cellpose. To train:
             cellpose --train --dir cellpose --mask_filter _masks`
  },
  stardist: {
    files: ['  stardist/            images/NAME.tif and masks/NAME.tif'],
    use: 'StarDist     Give its notebook the folders stardist/images and stardist/masks.'
  },
  imagej: {
    files: ['  imagej/              pictures with their cells as NAME_RoiSet.zip'],
    use: `Fiji         Open NAME.tif, then drop NAME_RoiSet.zip onto Fiji. A region is
             called by the cell's number in the mask.`
  },
  qupath: {
    files: ['  qupath/              pictures with their cells as NAME.geojson'],
    use: 'QuPath       Open a picture, then drop its NAME.geojson onto it.'
  },
  yolo: {
    files: ['  yolo/                images, labels and data.yaml, 8 bits'],
    use: `YOLO         yolo segment train data=yolo/data.yaml. It names one folder for
             training and validation: split it before you trust a score. Parts
             and holes of a cell are joined by lines without width.`
  },
  tissuenet: {
    files: ['  tissuenet/           X, y and meta as .npz, one archive for each size'],
    use: `TissueNet    numpy.load('….npz')['X'] is nuclei, then membranes; y is whole
             cells, then nuclei. Only one kind is marked here, so both planes of
             y are the same. A gray picture is the first plane of X, the second
             is empty. meta is text and needs no pickle.`
  }
}

/** The lines of the list of files. */
export function fileLines(formats: readonly PackageFormat[]): string[] {
  return formats.flatMap((format) => notes[format].files)
}

/** How to open the files for other programs; `undefined` where there are none. */
export function programsPart(formats: readonly PackageFormat[]): string | undefined {
  const uses = formats.flatMap((format) => notes[format].use ?? [])
  if (uses.length === 0) return undefined
  return `How to use it in other programs
-------------------------------

These folders say the same as images and masks, each in the way of one program.

${uses.map((use) => `  ${use}`).join('\n')}`
}
