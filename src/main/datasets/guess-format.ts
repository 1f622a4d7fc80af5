import { basename, dirname, extname, relative } from 'node:path'
import { type AppError, refuse } from '../../shared/errors.ts'
import { readStart } from '../files/input-file.ts'
import { isPictureName } from '../images/read.ts'
import { formatNames, formats } from './formats/all-formats.ts'
import { explainForeign, explainForeignJson } from './foreign-files.ts'
import { clueKinds, type Guess, hasEnding, type Seen, type SeenJson } from './formats/format.ts'
import { findSampleFolders, findSides } from './formats/image-folders.ts'
import { chooseBoth } from './formats/pair-files.ts'
import { baseFolder } from './livecell-names.ts'
import { isFolder, listFiles, listPictures } from './picture-files.ts'
import { type SourcePlace } from './source-image.ts'

/**
 * Guesses how a source is stored: from its names, and where a JSON file could be of several kinds from its beginning.
 *
 * @throws AppError of kind `input` when there is nothing, or nothing that is known
 */
export async function guessFormat(place: SourcePlace): Promise<Guess> {
  const seen = await lookAt(place)
  for (const kind of seen.named ? namedClues : clueKinds) {
    for (const format of formatNames) {
      const reason = await formats[format].guess[kind]?.(seen)
      if (reason === undefined) continue
      if (format === 'coco') await refuseForeignJson(seen)
      return { format, reason }
    }
  }
  const foreign = await explainForeign(place.annotations ?? place.source)
  if (foreign) throw foreign
  throw unknownFormat(place, seen.files)
}

function unknownFormat({ source }: SourcePlace, files: readonly string[]): AppError {
  const expected = formatNames.flatMap((name) => formats[name].holds ?? [])
  const folders = new Set(files.filter(isPictureName).map((path) => relative(source, dirname(path)) || '.'))
  const endings = new Set(files.filter((path) => !isPictureName(path)).map((path) => extname(path) || basename(path)))
  const amount = files.length === 1 ? 'one file' : `${files.length} files`
  const found = [
    ...(folders.size > 0 ? [`pictures in ${listed(folders)}`] : []),
    ...(endings.size > 0 ? [`files of the kind ${listed(endings)}`] : [])
  ]
  const there = found.length === 0 ? '' : `; it has ${amount}: ${found.join(', and ')}`
  const choose =
    folders.size > 0 ? ' Or choose the folder of the pictures, and the folder or file that marks their cells.' : ''
  return refuse(`${source} contains no annotated images in a known format${there}.`, {
    file: source,
    next: `Expected: ${expected.join('; ')}.${choose}`,
    ...(folders.size > 0 ? { remedies: chooseBoth } : {})
  })
}

const mostListed = 6

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, mostListed).map((name) => `"${name}"`)
  return shown.join(', ') + (names.size > mostListed ? ' and others' : '')
}

/** Of a file that is named, what is around it says nothing. */
const namedClues = ['ending', 'beginning', 'rest'] as const

async function lookAt(place: SourcePlace): Promise<Seen> {
  const isWhole = (await isFolder(place.source)) === true
  if (!isWhole) return lookAtFile(place, { path: place.source, words: 'it is' }, place.images)
  const { annotations } = place
  if (annotations !== undefined && hasEnding(annotations, '.json', '.geojson', '.geojson.gz'))
    return lookAtFile(place, { path: annotations, words: 'the annotations are' }, undefined)
  return lookAtFolder({ ...place, source: await baseFolder(place.source) })
}

/** @param images the folder whose pictures a JSON file may be about */
function lookAtFile(place: SourcePlace, named: NonNullable<Seen['named']>, images: string | undefined): Seen {
  const { path, words } = named
  return {
    place,
    named,
    files: [path],
    imageFolder: undefined,
    labels: undefined,
    samples: () => Promise.resolve([]),
    json: once(async () => (isJson(path) ? lookAtJson(path, words, images) : undefined))
  }
}

async function lookAtFolder(place: SourcePlace): Promise<Seen> {
  const { source } = place
  const files = await listFiles(source)
  const sides = await findSides(source)
  const imageFolder = await folderOrNone(place.images ?? sides.images)
  return {
    place,
    named: undefined,
    files,
    imageFolder,
    labels: await findLabelPictures(place.annotations ?? sides.labels),
    samples: once(() => findSampleFolders(source)),
    json: once(async () => {
      const json = await firstOfAnnotations(files.filter(isJson))
      return json === undefined ? undefined : lookAtJson(json, 'beside the pictures there is', imageFolder ?? source)
    })
  }
}

const mostOpened = 20

/** The first JSON file that speaks of annotation, else the first of all: notes may lie beside them. */
async function firstOfAnnotations(files: readonly string[]): Promise<string | undefined> {
  for (const path of files.slice(0, mostOpened)) {
    if (/"(?:images|annotations|shapes|imageData|features|Feature|geometry)"/.test(await readStart(path))) return path
  }
  return files[0]
}

async function findLabelPictures(path: string | undefined): Promise<Seen['labels']> {
  const folder = await folderOrNone(path)
  if (folder === undefined) return undefined
  const pictures = await listPictures(folder)
  return pictures.length === 0 ? undefined : { folder, pictures }
}

async function lookAtJson(path: string, words: string, images: string | undefined): Promise<SeenJson> {
  const folder = await folderOrNone(images)
  return { path, start: await readStart(path), words, pictures: folder === undefined ? [] : await listPictures(folder) }
}

async function folderOrNone(path: string | undefined): Promise<string | undefined> {
  return path !== undefined && (await isFolder(path)) === true ? path : undefined
}

/** What is taken for COCO for want of anything better may be of another program. */
async function refuseForeignJson({ json }: Seen): Promise<void> {
  const found = await json()
  const foreign = found && explainForeignJson(found.path, found.start)
  if (foreign) throw foreign
}

function isJson(path: string): boolean {
  return hasEnding(path, '.json')
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}
