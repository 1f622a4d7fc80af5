import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { PreparedId } from '../../shared/masks.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { newId } from '../files/new-id.ts'
import { usableImages } from '../prepare/choose-images.ts'
import { describeSet } from '../prepare/describe-set.ts'
import { prepareImages } from '../prepare/prepare-images.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import { enterThing } from '../workspace/enter-thing.ts'
import { ownFolder } from '../workspace/own-files.ts'

/** Turns a data set into training pictures and gray masks (paper §2.2.1), whole or not at all. */
export async function prepareDataset(
  app: AppContext,
  request: ParsedInput<'prepared.create'>,
  { signal, progress, thingBegun }: RequestContext
): Promise<Output<'prepared.create'>> {
  const dataset = app.catalog.datasets.require(request.dataset)
  requireFreeName(app.catalog.prepared, 'prepared set', request.name)
  const { images, warnings } = usableImages(dataset, await app.catalog.datasets.images(dataset.id), request)
  const source = await ownFolder(app, 'datasets', dataset)
  const id = PreparedId.parse(newId('p'))
  thingBegun?.(id)
  const staged = await stageFolder(app.folders.folder('prepared', id))
  try {
    const folders = { source, target: staged.path }
    const outcomes = await prepareImages(images, request, folders, {
      workerPath: app.environment.workerPath,
      signal,
      onProgress: (done) => progress({ stage: 'prepare', done, total: images.length })
    })
    const created = app.environment.now().toISOString()
    const about = describeSet({ dataset, request, id, created, warnings }, images, outcomes)
    await writeFile(join(staged.path, 'about.json'), JSON.stringify(about))
    const { prepared: table } = app.catalog
    const insert = (): void => table.insert(about.result, about.images)
    await enterThing(app, staged, { table, id, insert, ahead: table.parts.ahead(id, about.images) })
    return about.result
  } finally {
    await staged.discard()
  }
}
