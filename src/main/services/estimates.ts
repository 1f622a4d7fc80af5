import { dirname, join } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { DatasetId } from '../../shared/datasets.ts'
import type { Estimate } from '../../shared/estimates.ts'
import type { EngineInfo } from '../../shared/runs.ts'
import { createPackage } from '../packages/create-package.ts'
import { productName } from '../product.ts'
import { newId } from '../files/new-id.ts'
import { usableImages } from '../prepare/choose-images.ts'
import { prepareImages } from '../prepare/prepare-images.ts'
import { runInReader } from '../workers/reader.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import type { RequestContext } from './dispatch.ts'
import { findSet } from './packages.ts'
import { estimateStudy } from './study-estimate.ts'
import { makePictures } from './synthetic.ts'
import { estimateTraining } from './training-estimate.ts'
import { estimateOf, tryWork } from './work-trial.ts'

type Asked = ParsedInput<'estimates.make'>
type Of<K extends Asked['of']> = Extract<Asked, { of: K }>

/** What some work would take: its time, its room on the disk and in memory, from a trial that leaves nothing behind. */
export async function estimateWork(
  app: AppContext,
  asked: Asked,
  context: RequestContext
): Promise<Output<'estimates.make'>> {
  return { of: asked.of, estimate: await estimateKind(app, asked, context) }
}

function estimateKind(app: AppContext, asked: Asked, context: RequestContext): Promise<Estimate> {
  switch (asked.of) {
    case 'train':
      return estimateTraining(app, asked, context)
    case 'import':
      return estimateImport(app, asked, context)
    case 'prepare':
      return estimatePreparing(app, asked, context)
    case 'generate':
      return estimateGenerating(app, asked, context)
    case 'package':
      return estimatePacking(app, asked, context)
    case 'study':
      return estimateStudy(app, asked, context)
  }
}

async function estimateImport(app: AppContext, request: Of<'import'>, context: RequestContext): Promise<Estimate> {
  const id = DatasetId.parse(newId('d'))
  const identity = { id, name: 'trial', created: app.environment.now().toISOString(), source: request.source }
  const trial = await tryWork(
    { folder: app.folders.folder('datasets', id), growing: ['images', 'cells'], context },
    async (folder, { signal, progress }) => {
      const { workerPath } = app.environment
      const input = { request: { ...request, name: identity.name }, identity, folder, workerPath }
      await runInReader(app, { name: 'import', input, file: request.source }, { signal, progress })
    }
  )
  return estimateOf(app, trial)
}

async function estimatePreparing(app: AppContext, request: Of<'prepare'>, context: RequestContext): Promise<Estimate> {
  const dataset = app.catalog.datasets.require(request.dataset)
  const { images } = usableImages(dataset, await app.catalog.datasets.images(dataset.id), request)
  const source = await ownFolder(app, 'datasets', dataset)
  const trial = await tryWork(
    { folder: app.folders.folder('prepared', newId('p')), growing: ['images', 'masks'], context },
    async (folder, { signal, progress }) => {
      await prepareImages(
        mixed(images),
        request,
        { source, target: folder },
        {
          workerPath: app.environment.workerPath,
          signal,
          onProgress: (done) => progress({ stage: 'prepare', done, total: images.length })
        }
      )
    }
  )
  return estimateOf(app, trial)
}

/** In an order that begins with images from everywhere: sets are often sorted by class, and classes differ in their cells. */
function mixed<T>(items: readonly T[]): T[] {
  const stride = Math.max(1, Math.floor(Math.sqrt(items.length)))
  return Array.from({ length: stride }, (_, start) => items.filter((_, i) => i % stride === start)).flat()
}

async function estimateGenerating(
  app: AppContext,
  request: Of<'generate'>,
  context: RequestContext
): Promise<Estimate> {
  let engine: EngineInfo | undefined
  const trial = await tryWork(
    { folder: app.folders.folder('synthetic', newId('s')), growing: ['images', 'masks', 'previews'], context },
    async (folder, { signal, progress }) => {
      await makePictures(app, request, folder, { signal, progress, onEngine: (used) => (engine = used) })
    }
  )
  return { ...(await estimateOf(app, trial)), ...(engine && { engine }) }
}

async function estimatePacking(app: AppContext, request: Of<'package'>, context: RequestContext): Promise<Estimate> {
  const { folder: source, about } = await findSet(app, request.set)
  const { formats, license, author, out } = request
  const trial = await tryWork(
    { folder: app.folders.folder('packages', newId('k')), growing: ['.'], context },
    async (folder, { signal, progress }) => {
      const now = app.environment.now()
      const place = { folder: source, about, out: join(folder, 'trial.zip'), formats, license, author, now }
      await createPackage(
        { ...place, software: productName },
        { signal, onProgress: (done, total) => progress({ stage: 'package', done, total }) }
      )
    }
  )
  // Each entry is made, packed and read back, and lies beside the package until it is packed; reading adds nothing.
  const bytes = trial.isWhole ? 2 * trial.bytes : trial.bytes * Math.max(2 / 3, trial.share)
  return estimateOf(app, { ...trial, bytes }, out === undefined ? undefined : dirname(out))
}
