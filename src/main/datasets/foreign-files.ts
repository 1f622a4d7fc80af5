import { basename } from 'node:path'
import { AppError, refuse } from '../../shared/errors.ts'
import { readStart } from '../files/input-file.ts'
import { isPictureName } from '../images/read.ts'
import { hasEnding } from './formats/format.ts'
import { isFolder, listFiles } from './picture-files.ts'

/** Files of a kind that is known and not read, and the way out. */
interface Foreign {
  readonly endings: readonly string[]
  /** Of a text, what its beginning says; any when absent. */
  readonly beginning?: RegExp
  /** After the name of the file: `is a …`. */
  readonly is: string
  readonly next: string
}

const asLabels = 'Save each label image as TIFF or PNG of 16 bits, under the name of its picture, in a folder "labels".'
const inFiji = 'Open them in Fiji (Bio-Formats reads them), choose Image > Save As > TIFF, and import those.'
const unpack = 'Unpack it, and choose the folder that comes out.'

/** Those that mark cells, the surest first. */
const annotations: readonly Foreign[] = [
  {
    endings: ['_seg.npy'],
    is: 'is a Cellpose session: a Python object, which is not opened because it could run code',
    next: 'In Cellpose, save the masks as PNG or TIFF (in its menu File) and import those.'
  },
  { endings: ['.npy'], is: 'is a NumPy array (.npy), which is not read', next: asLabels },
  { endings: ['.mat'], is: 'is a MATLAB file (.mat), which is not read', next: asLabels },
  { endings: ['.h5', '.hdf5'], is: 'is an HDF5 file, which is not read', next: asLabels },
  {
    endings: ['.csv', '.tsv'],
    beginning: /EncodedPixels|rle|run.?length/i,
    is: 'is a table of run lengths (CSV), which is not read',
    next: 'Convert it to a COCO file, or to label images in a folder "labels".'
  },
  {
    endings: ['.xml'],
    beginning: /<annotations>[^]*<(?:image|track)\b/i,
    is: "is CVAT's XML, which is not read",
    next: 'Export the task again as COCO 1.0.'
  },
  {
    endings: ['.xml'],
    beginning: /<(?:annotations?|ASAP_Annotations)\b/i,
    is: 'is an XML file of annotations (as of Aperio, ASAP or Pascal VOC), which is not read',
    next: 'Export the outlines as GeoJSON (QuPath reads such files) or as a COCO file.'
  },
  {
    endings: ['.tar', '.tar.gz', '.tgz', '.7z', '.rar', '.xz', '.bz2'],
    is: 'is an archive, which is not read',
    next: unpack
  },
  { endings: ['.zip'], is: 'is a zip inside of what was chosen, and such are not opened', next: unpack },
  { endings: ['.gz'], is: 'is packed by gzip (.gz)', next: 'Unpack it (gunzip), and import again.' },
  {
    endings: ['.csv', '.tsv', '.xls', '.xlsx'],
    is: 'is a table, which marks no cells',
    next: 'Export the cells as label images, a COCO file, GeoJSON or ImageJ regions.'
  }
]

const pictures: readonly Foreign[] = [
  {
    endings: ['.czi', '.nd2', '.lif', '.oib', '.oif', '.vsi', '.ims', '.dv', '.stk', '.lsm', '.zvi', '.svs', '.ndpi'],
    is: "is a microscope's own file, which is not read",
    next: inFiji
  },
  { endings: ['.dcm'], is: 'is a DICOM file, which is not read', next: inFiji },
  {
    endings: ['.bmp', '.gif', '.webp', '.jp2', '.heic', '.avif', '.pgm', '.ppm'],
    is: 'is a picture of a kind that is not read',
    next: 'Save them as PNG or TIFF (in Fiji: Image > Save As) under the same names, and import again.'
  }
]

/** JSON files of other programs, by how they begin. */
const jsons: readonly (readonly [RegExp, string, string])[] = [
  [
    /"shape_attributes"|"_via_/,
    'the VGG Image Annotator (VIA)',
    'In VIA, choose Annotation > Export Annotations (COCO format).'
  ],
  [
    /"(?:polygon|brush|rectangle)labels"|"from_name"/,
    'Label Studio',
    'Export the project again as COCO, or as masks (PNG).'
  ],
  [/"classTitle"/, 'Supervisely', 'Export the project again as COCO.'],
  [/"(?:labelbox|data_row|Labeled Data)"/i, 'Labelbox', 'Convert the export to COCO.'],
  [/"https:\/\/darwin|"dataset":[^]*"slots"/, 'V7 Darwin', 'Export the data set again as COCO.']
]

/** What lies at a place that nothing else could be made of, as the error to throw. */
export async function explainForeign(place: string): Promise<AppError | undefined> {
  const files = (await isFolder(place)) === true ? await listFiles(place) : [place]
  const hasPictures = files.some(isPictureName)
  return (await firstOf(annotations, files)) ?? (hasPictures ? undefined : firstOf(pictures, files))
}

/** The same where pictures are missing. */
export async function explainForeignPictures(folder: string): Promise<AppError | undefined> {
  return firstOf(pictures, await listFiles(folder))
}

/** The same for a JSON file that begins so. */
export function explainForeignJson(path: string, start: string): AppError | undefined {
  const known = jsons.find(([beginning]) => beginning.test(start))
  if (!known) return undefined
  const [, program, next] = known
  return refuse(`${path} is a file of ${program}, which is not read.`, { file: path, next })
}

const mostOpened = 20

async function firstOf(kinds: readonly Foreign[], files: readonly string[]): Promise<AppError | undefined> {
  for (const { endings, beginning, is, next } of kinds) {
    for (const path of files.filter((file) => hasEnding(file, ...endings)).slice(0, mostOpened)) {
      if (beginning && !beginning.test(await startOf(path))) continue
      return refuse(`${path} ${is}${others(files, basename(path), endings)}.`, { file: path, next })
    }
  }
  return undefined
}

/** How many more of them there are. */
function others(files: readonly string[], name: string, endings: readonly string[]): string {
  const count = files.filter((file) => hasEnding(file, ...endings)).length - 1
  return count > 0 && !hasEnding(name, '.zip') ? `; ${count} more such files are there` : ''
}

async function startOf(path: string): Promise<string> {
  try {
    return await readStart(path)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return ''
  }
}
