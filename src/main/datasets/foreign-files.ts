import { basename } from 'node:path'
import { AppError, refuse } from '../../shared/errors.ts'
import { readStart } from '../files/input-file.ts'
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
const archives = [
  '.tar',
  '.tar.gz',
  '.tgz',
  '.7z',
  '.rar',
  '.xz',
  '.bz2',
  '.zst',
  '.lz4',
  '.zip.001',
  '.z01',
  '.dmg',
  '.iso'
]

/** Those that hold files. */
const packed: readonly Foreign[] = [
  { endings: archives, is: 'is an archive, which is not read', next: unpack },
  { endings: ['.zip'], is: 'is a zip inside of what was chosen, and such are not opened', next: unpack },
  { endings: ['.gz'], is: 'is packed by gzip (.gz)', next: 'Unpack it (gunzip), and import again.' }
]

/** Those that mark cells, the surest first. */
const annotations: readonly Foreign[] = [
  {
    endings: ['_seg.npy'],
    is: 'is a Cellpose session: a Python object, which is not opened because it could run code',
    next: 'In Cellpose, save the masks as PNG or TIFF (in its menu File) and import those.'
  },
  {
    endings: ['.pkl', '.pickle', '.pt', '.pth'],
    is: 'is a Python object, which is not opened because it could run code',
    next: asLabels
  },
  { endings: ['.npy'], is: 'is a NumPy array (.npy), which is not read', next: asLabels },
  { endings: ['.mat'], is: 'is a MATLAB file (.mat), which is not read', next: asLabels },
  { endings: ['.h5', '.hdf5', '.ilp'], is: 'is an HDF5 file, which is not read', next: asLabels },
  {
    endings: ['.nii', '.nii.gz', '.nrrd', '.mha', '.mhd'],
    is: 'is a file of medical volumes, which is not read',
    next: asLabels
  },
  {
    endings: ['.qpproj', '.qpdata'],
    is: 'is of a QuPath project, which is not read',
    next: 'In QuPath, choose File > Export objects as GeoJSON for each image, and name each file as its image.'
  },
  {
    endings: ['.csv'],
    beginning: /region_shape_attributes/,
    is: 'is a table (CSV) of the VGG Image Annotator (VIA), which is not read',
    next: 'In VIA, choose Annotation > Export Annotations (COCO format).'
  },
  {
    endings: ['.csv', '.tsv'],
    beginning: /EncodedPixels|rle|run.?length|^id,annotation,/i,
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
  ...packed,
  {
    endings: ['.jsonl', '.ndjson'],
    is: 'is a list of JSON texts, a line each, which is not read',
    next: 'Export or convert it to a COCO file.'
  },
  {
    endings: ['.csv', '.tsv', '.xls', '.xlsx', '.parquet', '.tfrecord'],
    is: 'is a table, and outlines are not read from tables',
    next: 'Export the cells as label images, a COCO file, GeoJSON or ImageJ regions.'
  }
]

const pictures: readonly Foreign[] = [
  {
    endings: ['.safetensors', '.onnx', '.keras', '.ckpt'],
    is: 'holds the weights of a model, which are no images',
    next: 'Choose images. A model that was trained here is among the models already, and comes to a colleague with its workspace.'
  },
  {
    endings: [
      '.czi',
      '.nd2',
      '.lif',
      '.oib',
      '.oif',
      '.vsi',
      '.ims',
      '.dv',
      '.stk',
      '.lsm',
      '.zvi',
      '.svs',
      '.ndpi',
      '.mrxs',
      '.scn'
    ],
    is: "is a microscope's own file, which is not read",
    next: inFiji
  },
  { endings: ['.dcm'], is: 'is a DICOM file, which is not read', next: inFiji },
  {
    endings: [
      '.bmp',
      '.gif',
      '.webp',
      '.jp2',
      '.j2k',
      '.jxl',
      '.heic',
      '.avif',
      '.pgm',
      '.ppm',
      '.psd',
      '.svg',
      '.pdf'
    ],
    is: 'is a picture of a kind that is not read',
    next: 'Save them as PNG or TIFF (in Fiji: Image > Save As) under the same names, and import again.'
  }
]

/** JSON files of other programs, by how they begin. */
const jsons: readonly (readonly [RegExp, string, string])[] = [
  [
    /"shape_attributes"|"_via_|"filename"\s*:[^]*"regions"\s*:|"project"\s*:\s*\{\s*"pid"/,
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
  [/"https:\/\/darwin|"slots"\s*:/, 'V7 Darwin', 'Export the data set again as COCO.'],
  [/"instances"\s*:\s*\[\s*\{[^]*"class(?:Id|Name)"/, 'SuperAnnotate', 'Export the project again as COCO.'],
  [/"export_format_version"/, 'Hasty', 'Export the project again as COCO.'],
  [/"asset"\s*:\s*\{[^]*"regions"\s*:/, 'VoTT', 'Export the project again as COCO, or as masks (PNG).'],
  [/"items"\s*:\s*\[\s*\{[^]*"annotations"\s*:/, 'Datumaro', 'Convert the data set to COCO.'],
  [
    /^\s*\[\s*\{[^]*"image_id"\s*:/,
    'COCO results (pictures go by their numbers alone)',
    'Choose the file with the annotations; results can be scored against it.'
  ]
]

/** What lies at a place that nothing else could be made of, as the error to throw. */
export async function explainForeign(place: string): Promise<AppError | undefined> {
  const files = (await isFolder(place)) === true ? await listFiles(place) : [place]
  return (await firstOf(annotations, files)) ?? firstOf(pictures, files)
}

/** The same where pictures are missing. */
export async function explainForeignPictures(folder: string): Promise<AppError | undefined> {
  const files = await listFiles(folder)
  return (await firstOf(pictures, files)) ?? firstOf(packed, files)
}

/** The same for a JSON file that begins so. */
export function explainForeignJson(path: string, start: string): AppError | undefined {
  if (/"file_name"\s*:/.test(start)) return undefined // COCO, whatever else it holds
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
