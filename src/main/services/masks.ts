import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { type DatasetImage, StoredCell } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { type MaskGraph } from '../../shared/masks.ts'
import { makeGrayMask } from '../masks/gray-mask.ts'
import { rleArea } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type AppContext } from '../workspace/app-context.ts'

/** The overlap graph of each annotated image, as data, for checking. Ids are the source's annotation ids. */
export async function maskGraph(app: AppContext, request: ParsedInput<'masks.graph'>): Promise<Output<'masks.graph'>> {
  const dataset = app.catalog.datasets.require(request.dataset)
  const annotated = app.catalog.datasets.images(dataset.id).filter((image) => image.annotated)
  const wanted = request.image === undefined ? annotated : annotated.filter((image) => isCalled(image, request.image))
  if (wanted.length === 0) {
    throw refuse(`"${dataset.name}" has no annotated image ${request.image ?? ''}`.trimEnd() + '.', {
      remedies: [{ action: 'show', kind: 'dataset', name: dataset.name }]
    })
  }
  const images: MaskGraph['images'] = []
  const folder = app.folders.folder('datasets', dataset.id)
  for (const image of wanted) images.push(await graphOf(folder, image, request.mask))
  return { images }
}

/** By its path in the data set, or by its bare name. */
function isCalled({ file }: DatasetImage, name: string | undefined): boolean {
  return file === name || file.split('/').at(-1) === name
}

async function graphOf(
  folder: string,
  image: DatasetImage,
  settings: ParsedInput<'masks.graph'>['mask']
): Promise<MaskGraph['images'][number]> {
  const text = await readFile(join(folder, 'cells', `${image.id}.json`), 'utf8')
  const cells = z
    .array(StoredCell)
    .parse(JSON.parse(text))
    .filter(({ isCrowd }) => isCrowd !== true)
    .map(({ id, counts }) => {
      const raster = rleFromString(counts, image.height, image.width)
      return { id, raster, area: rleArea(raster) }
    })
  const mask = makeGrayMask(cells, image, settings)
  const idOf = (position: number): number => cells[position]?.id ?? 0
  return {
    file: image.file,
    cells: cells.map(({ id, area }) => ({ id, area })),
    overlaps: mask.overlaps.map(([i, j, pixels]) => [idOf(i), idOf(j), pixels]),
    contacts: mask.contacts.map(([i, j]) => [idOf(i), idOf(j)]),
    removed: [...mask.removed],
    labels: Object.fromEntries([...mask.labels].map(([id, label]) => [String(id), label]))
  }
}
