import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { DatasetId, type Refusal } from '../../shared/datasets.ts'
import { invariant, refuse } from '../../shared/errors.ts'
import type { EngineInfo } from '../../shared/runs.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { newId } from '../files/new-id.ts'
import { type EngineMessage, type PictureSet, progressOf } from '../jobs/engine-protocol.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { runInReader } from '../workers/reader.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import type { RequestContext } from './dispatch.ts'
import { isSet, picturesOfSet } from './segmenter-sources.ts'

/** Finds the cells of a set's pictures, or of a folder's, and writes them as COCO with scores. */
export async function predictCells(
  app: AppContext,
  request: ParsedInput<'segment.predict'>,
  context: RequestContext
): Promise<Output<'segment.predict'>> {
  const segmenter = app.catalog.segmenters.require(request.model)
  const folder = await ownFolder(app, 'segmenters', segmenter)
  if (isSet(app, request.source)) {
    const pictures = await picturesOfSet(app, request.source, request.images)
    return predict(app, { request, folder, pictures, refused: [] }, context)
  }
  await requireFolder(request.source)
  return withPicturesOf(app, request, context, (found) => predict(app, { request, folder, ...found }, context))
}

async function requireFolder(source: string): Promise<void> {
  const found = await stat(source).catch(() => undefined)
  if (found !== undefined) return
  throw refuse(`There is no set called "${source}" in this workspace, and no folder of this name.`, {
    next: 'Name a data set, a prepared set, a synthetic set or a folder of pictures.',
    remedies: [{ action: 'list', kind: 'dataset' }]
  })
}

interface Prediction {
  readonly request: ParsedInput<'segment.predict'>
  readonly folder: string
  readonly pictures: PictureSet
  /** Files that could not be read. */
  readonly refused: readonly Refusal[]
}

async function predict(
  app: AppContext,
  { request, folder, pictures, refused }: Prediction,
  context: RequestContext
): Promise<Output<'segment.predict'>> {
  const { engine, checkpoint, decoding } = request
  const { resources } = app.environment
  const out = resolve(request.out)
  let info: EngineInfo | undefined
  const take = (message: EngineMessage): void => {
    if (message.type === 'engine') info = message.engine
    else if (message.type === 'progress') context.progress(progressOf(message))
    else if (message.type === 'notice') context.notice?.(message.text)
  }
  const job = { job: 'predict' as const, engine, resources, folder, checkpoint, decoding, pictures, out }
  const outcome = await runEngineJob(app.environment, job, take, context.signal)
  invariant(info !== undefined, 'an engine that predicted has said its name')
  return { predictions: out, ...outcome, refused: [...refused, ...outcome.refused], engine: info }
}

/** The pictures of a folder are read as an import reads them, into a place of which nothing stays. */
async function withPicturesOf<Result>(
  app: AppContext,
  { source, images: wanted }: ParsedInput<'segment.predict'>,
  context: RequestContext,
  use: (found: Pick<Prediction, 'pictures' | 'refused'>) => Promise<Result>
): Promise<Result> {
  const id = DatasetId.parse(newId('look'))
  const staged = await stageFolder(app.folders.folder('datasets', id))
  try {
    const identity = { id, name: 'pictures', created: app.environment.now().toISOString(), source: resolve(source) }
    const { workerPath } = app.environment
    const request = { source: resolve(source), name: 'pictures', format: 'auto' as const }
    const { images, refused } = await runInReader(
      app,
      {
        name: 'import',
        input: { request, identity, folder: staged.path, workerPath, picturesOnly: true },
        file: source
      },
      context
    )
    const files = images.map(({ file }) => file)
    const missing = wanted?.find((file) => !files.includes(file))
    if (missing !== undefined) throw refuse(`${join(source, missing)} is not there, or is no picture.`)
    const pictures = {
      kind: 'dataset' as const,
      folder: staged.path,
      as: 'real' as const,
      images: wanted ?? files,
      shuffledMasks: false
    }
    return await use({ pictures, refused })
  } finally {
    await staged.discard()
  }
}
