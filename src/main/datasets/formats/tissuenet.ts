import { basename } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { NpzRows } from '../../files/npz-rows.ts'
import { type Log } from '../import-log.ts'
import { isFolder, listByEnding } from '../picture-files.ts'
import { type Objects, type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type Format, hasEnding } from './format.ts'
import { splitOf } from './splits.ts'
import { TissuenetPictures } from './tissuenet-pictures.ts'
import { readTable, type Table } from './tissuenet-table.ts'

/**
 * TissueNet's archives (`tissuenet_v1.1_train.npz` …, or `train.npz`), 1.0 and 1.1: `X` with the nuclear and the
 * membrane stain, `y` with the labels of whole cells and of nuclei, and a table of where each picture comes from. The
 * pictures are read one by one.
 *
 * @throws AppError of kind `input` when no archive has these arrays
 */
export const tissuenet: Format = {
  holds: "TissueNet's .npz",
  guess: {
    ending: ({ named, files }) => {
      if (!files.some((path) => hasEnding(path, '.npz'))) return undefined
      return named ? 'it is a NumPy archive' : 'there are NumPy archives'
    }
  },
  find: findTissuenet
}

async function findTissuenet(place: SourcePlace, log: Log): Promise<Source> {
  const files = await findArchives(place)
  const images: SourceImage[] = []
  const opened: TissuenetPictures[] = []
  for (const path of files) {
    try {
      const pictures = await openPictures(path, place.objects ?? 'nuclei', log)
      opened.push(pictures)
      images.push(...describe(path, pictures, await readTable(path, log), place.classFrom))
    } catch (thrown) {
      if (files.length === 1 || !(thrown instanceof AppError)) throw thrown
      log.refuse(path, thrown.message)
    }
  }
  const close = async () => {
    for (const pictures of opened) await pictures.close()
  }
  if (images.length > 0) return { images, close }
  throw refuse(`${place.source} holds no pictures in the layout of TissueNet.`, {
    file: place.source,
    next: 'Expected: .npz archives with the arrays X and y.'
  })
}

async function findArchives({ source }: SourcePlace): Promise<string[]> {
  if ((await isFolder(source)) !== true) return [source]
  const files = await listByEnding(source, ['.npz'])
  if (files.length > 0) return files.map(({ path }) => path)
  throw refuse(`${source} holds no .npz archive.`, {
    file: source,
    next: 'Unpack tissuenet_v1.1.zip and choose its folder.'
  })
}

/** Checks that both arrays are there and fit; pictures are opened again when they are read. */
async function openPictures(path: string, objects: Objects, log: Log): Promise<TissuenetPictures> {
  const [x, y] = [await NpzRows.open(path, 'X'), await NpzRows.open(path, 'y')]
  x.close()
  y.close()
  const [height, width, channels] = x.rowShape
  const isPaired = y.count === x.count && y.rowShape[0] === height && y.rowShape[1] === width
  if (height === undefined || width === undefined || (channels !== 1 && channels !== 2) || !isPaired) {
    throw refuse(`${path} is not laid out as TissueNet: X is ${shapeOf(x)} and y is ${shapeOf(y)}.`, {
      file: path,
      next: 'Expected: X and y of the shape [pictures, height, width, 2].'
    })
  }
  if (x.dtype === 'f8') {
    log.warn('Its pictures are floats of 64 bits; they are rounded to 32 bits.', basename(path))
  }
  return new TissuenetPictures(path, x.count, objects, log)
}

function shapeOf({ count, rowShape }: NpzRows): string {
  return `[${[count, ...rowShape].join(', ')}]`
}

function describe(
  path: string,
  pictures: TissuenetPictures,
  table: Table,
  classFrom: string | undefined
): SourceImage[] {
  const stem = basename(path, '.npz')
  const categories = table.column(
    path,
    classFrom?.startsWith('column:') ? classFrom.slice('column:'.length) : undefined
  )
  const digits = String(pictures.count).length
  return Array.from({ length: pictures.count }, (_, index) => ({
    path,
    file: `${stem}/${String(index).padStart(digits, '0')}.tif`,
    folders: [stem],
    split: splitOf(stem),
    category: categories?.[index],
    group: table.origins?.[index],
    read: () => pictures.read(index)
  }))
}
