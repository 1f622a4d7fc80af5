import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { invariant, refuse } from '../../shared/errors.ts'
import { type EngineInfo } from '../../shared/runs.ts'
import { type Synthetic, type SyntheticAbout, SyntheticId, type SyntheticImage } from '../../shared/synthetic.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { type GenerateJob, type GenerateOutcome, progressOf } from '../jobs/engine-protocol.ts'
import { productName } from '../product.ts'
import { newId } from '../files/new-id.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { writeVerdicts } from '../workspace/verdicts.ts'
import { type RequestContext } from './dispatch.ts'
import { type Model, requireModel } from '../workspace/models.ts'
import { enterThing } from '../workspace/enter-thing.ts'

type GenerateInput = ParsedInput<'synthetic.generate'>

/** Makes a set of synthetic pictures with label images and outlines from a run's best model: whole, or not at all. */
export async function generateSynthetic(
  app: AppContext,
  request: GenerateInput,
  { signal, progress, thingBegun }: RequestContext
): Promise<Output<'synthetic.generate'>> {
  requireFreeName(app.catalog.synthetic, 'synthetic set', request.name)
  const id = SyntheticId.parse(newId('s'))
  thingBegun?.(id)
  const staged = await stageFolder(app.folders.folder('synthetic', id))
  try {
    let engine: EngineInfo | undefined
    const { model, outcome } = await makePictures(app, request, staged.path, {
      signal,
      progress,
      onEngine: (used) => (engine = used)
    })
    invariant(engine !== undefined, 'an engine that generated has said its name')
    const about = describeSet(app, model, request, { id, outcome, engine })
    const { drawOverview, overviewOf } = await import('../workspace/set-pictures.ts')
    await drawOverview(staged.path, about.images)
    await writeFile(join(staged.path, 'about.json'), JSON.stringify(about))
    const { synthetic: table } = app.catalog
    const insert = (): void => table.insert(about.synthetic, about.images)
    await enterThing(app, staged, { table, id, insert, ahead: table.parts.ahead(id, about.images) })
    const { images: _, iteration: __, ...report } = outcome
    const overview = overviewOf(app.folders.folder('synthetic', id))
    return { synthetic: about.synthetic, ...report, overview, seed: request.seed, engine }
  } finally {
    await staged.discard()
  }
}

interface Making extends Pick<RequestContext, 'signal' | 'progress'> {
  readonly onEngine: (engine: EngineInfo) => void
}

/** Makes the pictures, masks and outlines of a set into a folder. */
export async function makePictures(
  app: AppContext,
  request: Omit<GenerateInput, 'name'>,
  folder: string,
  { signal, progress, onEngine }: Making
): Promise<{ readonly model: Model; readonly outcome: GenerateOutcome }> {
  const model = await requireModel(app, request.run)
  if (model.settings.network.maskChannels === 0) {
    throw refuse(`The run "${model.name}" makes images without masks.`, {
      next: "Train one with the paper's generator to get annotated images.",
      remedies: [
        { action: 'make', kind: 'run' },
        { action: 'set-option', option: 'generator', value: 'paper' }
      ]
    })
  }
  for (const part of ['images', 'masks', 'previews']) await mkdir(join(folder, part))
  const outcome = await runEngineJob(
    app.environment,
    describeJob(app, model, request, folder),
    (message) => {
      if (message.type === 'engine') onEngine(message.engine)
      if (message.type === 'progress') progress(progressOf(message))
    },
    signal
  )
  return { model, outcome }
}

/** Pictures of a model to look at, of which nothing stays. */
export async function tryModel(
  app: AppContext,
  { pictures, ...request }: ParsedInput<'synthetic.try'>,
  { signal }: RequestContext
): Promise<Output<'synthetic.try'>> {
  const staged = await stageFolder(app.folders.folder('synthetic', newId('try')))
  try {
    const making = { signal, progress: () => undefined, onEngine: () => undefined }
    const { outcome } = await makePictures(app, { ...request, count: pictures }, staged.path, making)
    const shown = outcome.images.map(async ({ file, class: className, cells }) => {
      const preview = await readFile(join(staged.path, 'previews', file), 'base64')
      return { file, class: className, cells, preview }
    })
    return { pictures: await Promise.all(shown), warnings: outcome.warnings }
  } finally {
    await staged.discard()
  }
}

export async function showSynthetic(
  app: AppContext,
  { name }: ParsedInput<'synthetic.show'>
): Promise<Output<'synthetic.show'>> {
  const synthetic = app.catalog.synthetic.require(name)
  return { synthetic, images: await app.catalog.synthetic.images(synthetic.id) }
}

/** Notes which pictures of a set are fit to be passed on: in the catalogue, and beside them in their folder. */
export async function judgePictures(
  app: AppContext,
  { set, positions, verdict }: ParsedInput<'synthetic.judge'>
): Promise<Output<'synthetic.judge'>> {
  const { synthetic: table } = app.catalog
  const { id, name } = table.require(set)
  const pictures = table.files(id)
  const files = positions.map((position) => {
    const file = pictures[position]
    if (file === undefined) throw refuse(`"${name}" has ${pictures.length} pictures, and none at place ${position}.`)
    return file
  })
  table.judge(id, files, verdict)
  const verdicts = await writeVerdicts(app.folders.folder('synthetic', id), () => table.verdicts(id))
  app.emit({ event: 'workspace.changed' })
  const rejected = [...verdicts.values()].filter((each) => each === 'rejected').length
  return { rejected, pictures: pictures.length }
}

function describeJob(
  app: AppContext,
  model: Model,
  request: Omit<GenerateInput, 'name'>,
  outFolder: string
): GenerateJob {
  const { resources } = app.environment
  const { truncation = model.truncation, seed, engine, checkpoint } = request
  return {
    job: 'generate',
    engine,
    resources,
    runFolder: model.folder,
    outFolder,
    settings: model.settings,
    classes: [...model.classes],
    counts: pictureCounts(request, model.classes.length),
    grayLevels: model.grayLevels,
    truncation,
    seed,
    ...(checkpoint !== undefined && { checkpoint }),
    limits: request.areaFilter ? [...model.limits] : undefined,
    ...(model.preparedFolder === undefined ? {} : { preparedFolder: model.preparedFolder }),
    ...(model.real === undefined ? {} : { real: [...model.real] }),
    statement: `Synthetic picture made by ${productName}; model "${model.name}" (${model.id}); not a photograph of real cells.`
  }
}

/** The classes in equal shares; what does not divide goes to the first ones. */
function pictureCounts({ count, perClass }: Pick<GenerateInput, 'count' | 'perClass'>, classes: number): number[] {
  if (count !== undefined && perClass !== undefined) {
    throw refuse('Choose either a number of images in all or a number for each class, not both.', {
      remedies: [
        { action: 'set-option', option: 'count' },
        { action: 'set-option', option: 'perClass' }
      ]
    })
  }
  if (perClass !== undefined) return new Array<number>(classes).fill(perClass)
  const total = count ?? 16
  const share = Math.floor(total / classes)
  return Array.from({ length: classes }, (_, i) => share + (i < total % classes ? 1 : 0))
}

function describeSet(
  app: AppContext,
  model: Model,
  { name, seed, truncation = model.truncation }: GenerateInput,
  { id, outcome, engine }: { id: SyntheticId; outcome: GenerateOutcome; engine: EngineInfo }
): SyntheticAbout {
  const { images, iteration, warnings: _, ...report } = outcome
  const synthetic: Synthetic = {
    id,
    name,
    created: app.environment.now().toISOString(),
    origin: model.name,
    run: model.id,
    iteration,
    seed,
    truncation,
    images: images.length,
    cells: sumCells(images),
    classes: model.classes.map((className) => {
      const own = images.filter((image) => image.class === className)
      return { name: className, images: own.length, cells: sumCells(own) }
    })
  }
  return {
    kind: 'synthetic',
    version: 1,
    synthetic,
    images,
    ...report,
    provenance: {
      software: productName,
      run: model.name,
      dataset: model.origin,
      preset: model.settings.preset,
      engine
    }
  }
}

function sumCells(images: readonly SyntheticImage[]): number {
  return images.reduce((sum, { cells }) => sum + cells, 0)
}
