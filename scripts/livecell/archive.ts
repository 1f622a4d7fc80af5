import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RandomStream } from '../../src/shared/random.ts'
import { AnnotationFile, annotationText } from './annotation-file.ts'
import { cellTypes } from './cell-types.ts'
import { drawOutlines, imageHeight, imageWidth, type Outline } from './outlines.ts'
import { PictureDrawer } from './pictures.ts'
import { type ArchiveSettings, type PlannedEntry, planEntries } from './plan.ts'
import { encodeLzwTiff } from './tiff-lzw.ts'

export interface MadeArchive {
  readonly images: number
  /** Of the larger annotation, where a picture has two. */
  readonly cells: number
  /** Outlines in the files for all types. */
  readonly annotations: number
}

const splits = ['train', 'val', 'test'] as const
const trainParts = [
  { name: '0_train2percent', share: 0.02 },
  { name: '1_train4percent', share: 0.04 },
  { name: '2_train5percent', share: 0.05 },
  { name: '3_train25percent', share: 0.25 },
  { name: '4_train50percent', share: 0.5 }
]

/**
 * Makes an archive in LIVECell's published layout, of any size: pictures, annotations for all types, for single types,
 * and for parts of the training set. It holds one image at a time. The same settings give the same bytes.
 *
 * @param folder which must not be there; it is removed again when this fails
 */
export async function makeLivecellArchive(
  folder: string,
  settings: ArchiveSettings,
  onProgress?: (done: number) => void
): Promise<MadeArchive> {
  await mkdir(folder)
  try {
    return await fill(join(folder, 'LIVECell_dataset_2021'), settings, onProgress)
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}

async function fill(
  base: string,
  settings: ArchiveSettings,
  onProgress: ((done: number) => void) | undefined
): Promise<MadeArchive> {
  for (const set of ['train_val', 'test']) {
    await mkdir(join(base, 'images', `livecell_${set}_images`), { recursive: true })
  }
  const files = await openFiles(join(base, 'annotations'))
  for (const entry of planEntries(settings)) {
    for (const { file } of files.filter(({ takes }) => takes(entry))) await file.addImage(entry)
  }
  for (const { file } of files) await file.beginAnnotations()

  const drawer = new PictureDrawer(settings.seed)
  const totals = new Totals()
  for (const entry of planEntries(settings)) {
    const outlines = drawOutlines(entry.type, entry.cells, new RandomStream(settings.seed, 'outlines', entry.number))
    await annotate(entry, outlines, files)
    if (!entry.isSecond) {
      await writeFile(pictureIn(base, entry), encodeLzwTiff(drawer.draw(outlines), imageWidth, imageHeight))
      onProgress?.(totals.images + 1)
    }
    totals.add(entry)
  }
  for (const { file } of files) await file.finish()
  return totals.made
}

function pictureIn(base: string, { split, stem }: PlannedEntry): string {
  return join(base, 'images', `livecell_${split === 'test' ? 'test' : 'train_val'}_images`, `${stem}.tif`)
}

interface OpenFile {
  readonly file: AnnotationFile
  readonly takes: (entry: PlannedEntry) => boolean
}

async function openFiles(annotations: string): Promise<OpenFile[]> {
  const open = async (path: string, isKeyed: boolean, takes: OpenFile['takes']): Promise<OpenFile> => ({
    file: await AnnotationFile.create(join(annotations, path), isKeyed),
    takes
  })
  const files: OpenFile[] = []
  for (const split of splits) {
    files.push(await open(`LIVECell/livecell_coco_${split}.json`, false, (entry) => entry.split === split))
    for (const type of cellTypes) {
      const path = `LIVECell_single_cells/${type.name.toLowerCase()}/${split}.json`
      files.push(await open(path, true, (entry) => entry.split === split && entry.type === type))
    }
  }
  for (const { name, share } of trainParts) {
    const takes = (entry: PlannedEntry) => entry.split === 'train' && entry.share < share
    files.push(await open(`LIVECell_dataset_size_split/${name}.json`, false, takes))
  }
  return files
}

async function annotate(entry: PlannedEntry, outlines: readonly Outline[], files: readonly OpenFile[]): Promise<void> {
  const own = files.filter(({ takes }) => takes(entry))
  for (const [i, outline] of outlines.entries()) {
    const id = entry.id + 1 + i
    const text = annotationText(id, entry.id, outline)
    for (const { file } of own) await file.addAnnotation(id, text)
  }
}

/** Counts what was made; of two annotations of a picture, which follow each other, the larger. */
class Totals {
  images = 0
  #cells = 0
  #annotations = 0
  #last = 0

  add({ cells, isSecond }: PlannedEntry): void {
    this.#annotations += cells
    const more = isSecond ? Math.max(0, cells - this.#last) : cells
    this.#cells += more
    if (!isSecond) this.images++
    this.#last = cells
  }

  get made(): MadeArchive {
    return { images: this.images, cells: this.#cells, annotations: this.#annotations }
  }
}
