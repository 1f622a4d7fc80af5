import { join } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import type { DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { defaultMaskSettings } from '../../shared/masks.ts'
import { spread } from '../datasets/spread.ts'
import { chosenImages } from '../prepare/choose-images.ts'
import { forecast } from '../prepare/forecast.ts'
import { runInReader } from '../workers/reader.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import type { RequestContext } from './dispatch.ts'

/** What a preparation would make of some pictures: those that are named, or some from each class. */
export async function preview(
  app: AppContext,
  request: ParsedInput<'prepared.preview'>,
  context: RequestContext
): Promise<Output<'prepared.preview'>> {
  const { dataset, images: ids, pictures, mask, scale, brightness, channels } = request
  const { folder, annotated } = await annotatedImages(app, dataset)
  const images =
    ids === undefined
      ? fromEachClass(chosenImages(annotated, request), pictures)
      : annotated.filter(({ id }) => ids.includes(id))
  const input = { folder, images, mask, scale, brightness, channels }
  return runInReader(app, { name: 'previews', input, file: folder }, context)
}

export async function forecastPreparing(
  { catalog }: AppContext,
  request: ParsedInput<'prepared.forecast'>
): Promise<Output<'prepared.forecast'>> {
  const dataset = catalog.datasets.require(request.dataset)
  return forecast(dataset, await catalog.datasets.images(dataset.id), request)
}

export async function tellTones(
  app: AppContext,
  { dataset: wanted, mask = defaultMaskSettings }: ParsedInput<'masks.table'>,
  context: RequestContext
): Promise<Output<'masks.table'>> {
  const { folder, annotated: images } = await annotatedImages(app, wanted)
  const cellsFolder = join(folder, 'cells')
  return runInReader(app, { name: 'tones', input: { cellsFolder, images, mask }, file: cellsFolder }, context)
}

async function annotatedImages(
  app: AppContext,
  wanted: string
): Promise<{ folder: string; annotated: DatasetImage[] }> {
  const dataset = app.catalog.datasets.require(wanted)
  const images = await app.catalog.datasets.images(dataset.id)
  const annotated = images.filter((image) => image.annotated)
  if (annotated.length === 0) {
    throw refuse(`No image of "${dataset.name}" is annotated.`, {
      next: 'Import it again together with its annotation.',
      remedies: [{ action: 'import-again', option: 'annotations' }]
    })
  }
  return { folder: await ownFolder(app, 'datasets', dataset), annotated }
}

/** As many of each class, from all over it. */
function fromEachClass(images: readonly DatasetImage[], count: number): DatasetImage[] {
  const classes = [...Map.groupBy(images, (image) => image.class).values()]
  const share = Math.max(1, Math.ceil(count / Math.max(1, classes.length)))
  const chosen = new Set(classes.flatMap((own) => spread(own, share)).slice(0, count))
  return images.filter((image) => chosen.has(image))
}
