import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImportRequest, ImportResult } from '../../shared/datasets.ts'
import { DemoRequest, type DemoResult, type DemoStep } from '../../shared/demo.ts'
import { EvaluateRequest, EvaluationResult } from '../../shared/evaluation.ts'
import { defaultMaskSettings, PrepareResult } from '../../shared/masks.ts'
import { CreatePackageRequest, packageEnding, PackageResult } from '../../shared/packages.ts'
import { TrainRequest, TrainResult } from '../../shared/runs.ts'
import { type StarterCard, starterName } from '../../shared/starter.ts'
import { GenerateRequest, GenerateResult, type Synthetic, SyntheticAbout } from '../../shared/synthetic.ts'
import type { OutcomeOf, Task } from '../../shared/tasks.ts'
import { newId } from '../files/new-id.ts'
import type { Plan, PlanStep } from '../tasks/work.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { requireStarter } from '../workspace/built-in-models.ts'
import { sampleSettings } from './sample-settings.ts'
import { closingSentences, type SampleResults } from './sample-words.ts'

/**
 * The bundled sample through every step: pictures from the built-in model as it is; then import, prepare, train, evaluate,
 * generate, package.
 */
export function samplePlan(app: AppContext): Plan {
  return {
    steps: (input) => sampleSteps(app, DemoRequest.parse(input)),
    notice: ({ name, outcome, summary = '' }) =>
      name === firstStep
        ? `The first pictures are here: ${GenerateResult.parse(outcome).overview}`
        : `${name}: ${summary}`,
    conclude: (plan, parts) => concludeSample(app, plan, parts)
  }
}

const firstStep: DemoStep = 'first'

/** The requests of one plan share a name that no earlier one has taken. */
function sampleSteps(app: AppContext, request: DemoRequest): PlanStep[] {
  const { seed, engine, minutes = sampleSettings.minutes } = request
  const name = freeName(app)
  const { picturesPerClass: perClass } = sampleSettings
  const source = join(app.environment.resources, 'sample')
  const step = (kind: PlanStep['kind'] & DemoStep, input: unknown): PlanStep => ({ kind, name: kind, input })
  const generate = (run: string, set: string) => GenerateRequest.parse({ run, name: set, perClass, seed, engine })
  const first: PlanStep = { kind: 'generate', name: firstStep, input: generate(starterName, firstName(name)) }
  const before = madeBefore(app, request) === undefined ? [first] : []
  return [
    ...before,
    step('import', ImportRequest.parse({ source, name, format: 'labels', classFrom: 'folder' })),
    step('prepare', { ...preparedLike(requireStarter(app).card), dataset: name, name, seed }),
    step(
      'train',
      TrainRequest.parse({ prepared: name, name, preset: 'demo', from: starterName, minutes, seed, engine })
    ),
    // With as many pictures as the run itself is scored with: then both scores stand on one scale.
    step('evaluate', EvaluateRequest.parse({ run: name, seed, engine })),
    step('generate', generate(name, name)),
    step('package', {
      ...CreatePackageRequest.parse({
        set: name,
        out: join(app.folders.folder('packages'), `${name.replaceAll(' ', '-')}${packageEnding}`),
        formats: ['coco', 'labels'],
        license: 'CC0-1.0'
      }),
      // The data set has the same name.
      set: { outcomeOf: before.length + 4, path: ['synthetic', 'id'] } satisfies OutcomeOf
    })
  ]
}

/** As the tiles were that the model learned from: only then can it go on from them. */
function preparedLike({ prepared: { tile, scale, channels, grayLevels } }: StarterCard) {
  return { tile, scale, channels, mask: { ...defaultMaskSettings, grayLevels } }
}

/** A set of first pictures that is there already; none where it is gone. */
function madeBefore({ catalog }: AppContext, { first }: DemoRequest): Synthetic | undefined {
  return first === undefined ? undefined : catalog.synthetic.find(first)
}

async function concludeSample(app: AppContext, plan: Task, parts: readonly Task[]): Promise<DemoResult> {
  const request = DemoRequest.parse(plan.input)
  const [imported, prepared, trained, score, last, packed] = parts.slice(-6).map(({ outcome }) => outcome)
  const { run } = TrainResult.parse(trained)
  const made = GenerateResult.parse(last)
  const first = await firstPictures(app, request, parts, made)
  const results = {
    first,
    trained: TrainResult.parse(trained),
    history: app.catalog.runs.history(run.id),
    score: EvaluationResult.parse(score),
    made,
    packed: PackageResult.parse(packed),
    folder: app.folders.folder('synthetic', made.synthetic.id)
  }
  const { file, bytes, sha256 } = results.packed
  return {
    first: first.synthetic.id,
    dataset: ImportResult.parse(imported).dataset.id,
    prepared: PrepareResult.parse(prepared).prepared.id,
    run: run.id,
    synthetic: made.synthetic.id,
    package: { file, bytes, sha256 },
    pictures: [first.overview, made.overview],
    sentences: closingSentences(results),
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    seed: request.seed
  }
}

/** What the built-in model made, here or before; where that went to the trash meanwhile, there is nothing to compare with. */
async function firstPictures(
  app: AppContext,
  request: DemoRequest,
  [part]: readonly Task[],
  made: GenerateResult
): Promise<SampleResults['first'] & Pick<GenerateResult, 'overview'>> {
  if (part?.name === firstStep) return GenerateResult.parse(part.outcome)
  const synthetic = madeBefore(app, request)
  if (synthetic === undefined) return made
  const { overviewOf } = await import('../workspace/set-pictures.ts')
  const folder = app.folders.folder('synthetic', synthetic.id)
  const about = SyntheticAbout.safeParse(await readFile(join(folder, 'about.json'), 'utf8').then(JSON.parse)).data
  return { synthetic, health: about?.health, overview: overviewOf(folder) }
}

function freeName({ catalog }: AppContext): string {
  const isTaken = (name: string): boolean =>
    [catalog.datasets, catalog.prepared, catalog.runs, catalog.synthetic].some((table) => table.nameTaken(name))
  for (let number = 1; number < 1000; number++) {
    const name = number === 1 ? 'Sample nuclei' : `Sample nuclei ${number}`
    if (!isTaken(name) && !isTaken(firstName(name))) return name
  }
  return `Sample nuclei ${newId('n')}`
}

function firstName(name: string): string {
  return `${name}, before learning`
}
