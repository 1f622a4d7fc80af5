import { join } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { type DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { runInReader } from '../workers/reader.ts'
import { type RequestContext } from './dispatch.ts'

/** The overlap graph of each annotated image, as data, for checking. Ids are the source's annotation ids. */
export async function maskGraph(
  app: AppContext,
  request: ParsedInput<'masks.graph'>,
  context: RequestContext
): Promise<Output<'masks.graph'>> {
  const dataset = app.catalog.datasets.require(request.dataset)
  const all = await app.catalog.datasets.images(dataset.id)
  const annotated = all.filter((image) => image.annotated)
  const wanted = request.image === undefined ? annotated : annotated.filter((image) => isCalled(image, request.image))
  if (wanted.length === 0) {
    throw refuse(`"${dataset.name}" has no annotated image ${request.image ?? ''}`.trimEnd() + '.', {
      remedies: [{ action: 'show', kind: 'dataset', name: dataset.name }]
    })
  }
  const cellsFolder = join(await ownFolder(app, 'datasets', dataset), 'cells')
  const images = wanted.map(({ id, file, width, height }) => ({ id, file, width, height }))
  const input = { cellsFolder, images, mask: request.mask }
  return runInReader(app, { name: 'graph', input, file: cellsFolder }, context)
}

/** By its path in the data set, or by its bare name. */
function isCalled({ file }: DatasetImage, name: string | undefined): boolean {
  return file === name || file.split('/').at(-1) === name
}
