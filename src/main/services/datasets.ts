import { join, resolve } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { DatasetId } from '../../shared/datasets.ts'
import { hasZipEnding } from '../datasets/zip-source.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { runInReader } from '../workers/reader.ts'
import { newId } from '../files/new-id.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { enterThing } from '../workspace/enter-thing.ts'

/** Takes a folder, file or archive of annotated images into the catalogue: whole, or not at all. */
export async function importSource(
  app: AppContext,
  request: ParsedInput<'datasets.import'>,
  context: RequestContext
): Promise<Output<'datasets.import'>> {
  requireFreeName(app.catalog.datasets, 'data set', request.name)
  const id = DatasetId.parse(newId('d'))
  context.thingBegun?.(id)
  const staged = await stageFolder(app.folders.folder('datasets', id))
  try {
    const created = app.environment.now().toISOString()
    const identity = { id, name: request.name, created, source: resolve(request.source) }
    const { dataset, images, refused, warnings } = await runInReader(
      app,
      {
        name: 'import',
        input: { request, identity, folder: staged.path, workerPath: app.environment.workerPath },
        file: request.source
      },
      context
    )
    const { datasets: table } = app.catalog
    const insert = (): void => table.insert(dataset, images)
    await enterThing(app, staged, { table, id, insert, ahead: table.parts.ahead(id, images) })
    return { dataset, refused, warnings }
  } finally {
    await staged.discard()
  }
}

/** What an import would take, and what not: nothing stays of it, though archives are unpacked for the time being. */
export async function inspectFiles(
  app: AppContext,
  request: ParsedInput<'datasets.inspect'>,
  context: RequestContext
): Promise<Output<'datasets.inspect'>> {
  const { source, images, annotations } = request
  const isPacked = [source, images, annotations].some(hasZipEnding)
  const staged = isPacked ? await stageFolder(app.folders.folder('datasets', newId('look'))) : undefined
  try {
    const scratch = staged && join(staged.path, 'unpacked')
    const input = { request, scratch, workerPath: app.environment.workerPath }
    return await runInReader(app, { name: 'inspect', input, file: request.source }, context)
  } finally {
    await staged?.discard()
  }
}

/** Some pictures of a source, to look at before anything is taken; nothing stays of what is read for it. */
export async function peekAtFiles(
  app: AppContext,
  request: ParsedInput<'datasets.peek'>,
  context: RequestContext
): Promise<Output<'datasets.peek'>> {
  const staged = await stageFolder(app.folders.folder('datasets', newId('look')))
  try {
    const input = { request, folder: staged.path, workerPath: app.environment.workerPath }
    return await runInReader(app, { name: 'peek', input, file: request.source }, context)
  } finally {
    await staged.discard()
  }
}

export async function showDataset(
  app: AppContext,
  { name }: ParsedInput<'datasets.show'>
): Promise<Output<'datasets.show'>> {
  const dataset = app.catalog.datasets.require(name)
  return { dataset, images: await app.catalog.datasets.images(dataset.id) }
}
