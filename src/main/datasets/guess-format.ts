import { refuse } from '../../shared/errors.ts'
import { readStart } from '../files/input-file.ts'
import { formatNames, formats } from './formats/all-formats.ts'
import { explainForeign, explainForeignJson } from './foreign-files.ts'
import { clueKinds, type Guess, hasEnding, type Seen, type SeenJson } from './formats/format.ts'
import { findSampleFolders, findSides } from './formats/image-folders.ts'
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
  const expected = formatNames.flatMap((name) => formats[name].holds ?? [])
  throw refuse(`${place.source} contains no annotated images in a known format.`, {
    file: place.source,
    next: `Expected: ${expected.join('; ')}.`
  })
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
