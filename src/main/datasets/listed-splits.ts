import { basename, dirname, extname, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { readInputFile } from '../files/input-file.ts'
import { decodeText } from '../files/loose-json.ts'
import { splitOfFolders, stricterSplit } from './formats/splits.ts'
import { parseYaml } from './formats/yolo-names.ts'
import { type Log } from './import-log.ts'
import { isFolder, listByEnding, type PictureFile } from './picture-files.ts'
import { PictureIndex } from './picture-index.ts'
import { type SourceImage } from './source-image.ts'

/** A list, and how many of its lines may name no picture: sets are copied in part. */
const fewestFound = 0.5
const mostLists = 20

/**
 * Images with the split that a list beside them names: `train.txt` and `val.txt` of YOLO, `training.txt` of BBBC, a name in
 * each line; or the folders that YOLO's `data.yaml` calls `train`, `val` and `test`. Where folders or files tell a split
 * already, it stays.
 */
export async function withListedSplits(
  images: readonly SourceImage[],
  source: string,
  log: Log
): Promise<readonly SourceImage[]> {
  if (images.every(({ split }) => split !== undefined) || (await isFolder(source)) !== true) return images
  const splits = (await readLists(images, source)) ?? (await readFolders(images, source))
  const told = images.filter((image) => image.split === undefined && splits.has(image.path)).length
  if (told === 0) return images
  log.warn(`A list of pictures, or data.yaml, tells the split of ${told} of its ${images.length} pictures.`)
  return images.map((image) => ({ ...image, split: image.split ?? splits.get(image.path) }))
}

type Splits = ReadonlyMap<string, string>

async function readLists(images: readonly SourceImage[], source: string): Promise<Splits | undefined> {
  const files = (await listByEnding(source, ['.txt'])).filter(({ stem }) => splitOfFolders([stem]) !== undefined)
  if (files.length === 0) return undefined
  const index = new PictureIndex(images.map(fileOf))
  const splits = new Map<string, string>()
  for (const { path, stem } of files.slice(0, mostLists)) {
    const found = await picturesIn(path, index)
    for (const picture of found) {
      const split = stricterSplit(splits.get(picture.path), splitOfFolders([stem]))
      if (split !== undefined) splits.set(picture.path, split)
    }
  }
  return splits.size === 0 ? undefined : splits
}

/** The pictures that a text names, a line each; none where most lines name nothing. */
async function picturesIn(path: string, index: PictureIndex): Promise<PictureFile[]> {
  const lines = ((await textOf(path)) ?? '').split(/\r\n|\r|\n/).map((line) => line.trim())
  const names = lines.filter((line) => line !== '')
  const found = names.flatMap((name) => {
    const picture = index.find(name, path)
    return typeof picture === 'string' ? [] : [picture]
  })
  return found.length >= fewestFound * names.length ? found : []
}

const Place = z.union([z.string().transform((path) => [path]), z.array(z.string())]).optional()
const Folders = z.object({
  train: Place.catch(undefined),
  val: Place.catch(undefined),
  validation: Place.catch(undefined),
  test: Place.catch(undefined)
})

async function readFolders(images: readonly SourceImage[], source: string): Promise<Splits> {
  const splits = new Map<string, string>()
  for (const { path } of (await listByEnding(source, ['.yaml', '.yml'])).slice(0, mostLists)) {
    const text = (await textOf(path)) ?? ''
    const { data } = Folders.safeParse(text.length > limits.classNames.fileBytes ? {} : parseYaml(text))
    const { train, val, validation, test } = data ?? {}
    const told = { train, validation: val ?? validation, test }
    for (const image of images) {
      const named = Object.entries(told).filter(
        ([, places]) => places?.some((place) => liesIn(image.path, place)) === true
      )
      const [only, ...others] = named
      if (only && others.length === 0) splits.set(image.path, only[0])
    }
  }
  return splits
}

/** Whether a picture's folders have those of a place among them, one after the other: `../one/images` is `one`, `images`. */
function liesIn(path: string, place: string): boolean {
  const wanted = place.split(/[\\/]/).filter((part) => part !== '' && !/^\.+$/.test(part))
  const folders = dirname(path).split(sep)
  return wanted.length > 0 && folders.some((_, i) => wanted.every((part, j) => folders[i + j] === part))
}

function fileOf({ path, file, folders }: SourceImage): PictureFile {
  const name = basename(path)
  return { path, relative: file, name, stem: basename(name, extname(name)), folders }
}

/** What cannot be read tells nothing. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return decodeText(await readInputFile(path, 'list of pictures', limits.text.fileBytes))
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return undefined
  }
}
