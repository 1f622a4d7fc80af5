import { join } from 'node:path'
import { ImportRequest, ImportResult } from '../../shared/datasets.ts'
import { DemoRequest, type DemoResult } from '../../shared/demo.ts'
import { EvaluateRequest, EvaluationResult } from '../../shared/evaluation.ts'
import { PrepareRequest, PrepareResult } from '../../shared/masks.ts'
import { CreatePackageRequest, PackageResult } from '../../shared/packages.ts'
import { TrainRequest, TrainResult } from '../../shared/runs.ts'
import { starterName } from '../../shared/starter.ts'
import { GenerateRequest, GenerateResult } from '../../shared/synthetic.ts'
import type { OutcomeOf, Task } from '../../shared/tasks.ts'
import { newId } from '../files/new-id.ts'
import type { Plan, PlanStep } from '../tasks/work.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { sampleSettings } from './sample-settings.ts'

/** The bundled sample through every step: import, prepare, train, evaluate, generate, package. */
export function samplePlan(app: AppContext): Plan {
  return {
    steps: (input) => sampleSteps(app, DemoRequest.parse(input)),
    conclude: (plan, parts) => concludeSample(app, plan, parts)
  }
}

/** The requests of one plan share a name that no earlier one has taken. */
function sampleSteps(app: AppContext, { seed, engine, minutes = sampleSettings.minutes }: DemoRequest): PlanStep[] {
  const name = freeName(app)
  const { tile, scale, evaluationPictures, picturesPerClass } = sampleSettings
  const source = join(app.environment.resources, 'sample')
  const step = (kind: PlanStep['kind'], input: unknown): PlanStep => ({ kind, name: kind, input })
  return [
    step('import', ImportRequest.parse({ source, name, format: 'labels', classFrom: 'folder' })),
    step('prepare', PrepareRequest.parse({ dataset: name, name, tile, scale, seed })),
    step(
      'train',
      TrainRequest.parse({ prepared: name, name, preset: 'demo', from: starterName, minutes, seed, engine })
    ),
    step('evaluate', EvaluateRequest.parse({ run: name, seed, engine, count: evaluationPictures })),
    step('generate', GenerateRequest.parse({ run: name, name, perClass: picturesPerClass, seed, engine })),
    step('package', {
      ...CreatePackageRequest.parse({
        set: name,
        out: join(app.folders.folder('packages'), `${name.replaceAll(' ', '-')}.zip`),
        formats: ['coco', 'labels'],
        license: 'CC0-1.0'
      }),
      // The data set has the same name.
      set: { outcomeOf: 4, path: ['synthetic', 'id'] } satisfies OutcomeOf
    })
  ]
}

async function concludeSample(app: AppContext, plan: Task, parts: readonly Task[]): Promise<DemoResult> {
  const [imported, prepared, trained, score, made, packed] = parts.map(({ outcome }) => outcome)
  const results = {
    trained: TrainResult.parse(trained),
    score: EvaluationResult.parse(score),
    made: GenerateResult.parse(made),
    packed: PackageResult.parse(packed)
  }
  const { run } = results.trained
  const { synthetic } = results.made
  const folder = app.folders.folder('synthetic', synthetic.id)
  const { overviewPicture } = await import('../workspace/overview-picture.ts')
  const picture = await overviewPicture(folder, app.catalog.synthetic.images(synthetic.id))
  const { file, bytes, sha256 } = results.packed
  return {
    dataset: ImportResult.parse(imported).dataset.id,
    prepared: PrepareResult.parse(prepared).prepared.id,
    run: run.id,
    synthetic: synthetic.id,
    package: { file, bytes, sha256 },
    pictures: [picture],
    sentences: closingSentences(results, folder),
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    seed: DemoRequest.parse(plan.input).seed
  }
}

function freeName({ catalog }: AppContext): string {
  const isTaken = (name: string): boolean =>
    [catalog.datasets, catalog.prepared, catalog.runs, catalog.synthetic].some((table) => table.nameTaken(name))
  for (let number = 1; number < 1000; number++) {
    const name = number === 1 ? 'Sample nuclei' : `Sample nuclei ${number}`
    if (!isTaken(name)) return name
  }
  return `Sample nuclei ${newId('n')}`
}

interface Results {
  readonly trained: TrainResult
  readonly score: EvaluationResult
  readonly made: GenerateResult
  readonly packed: PackageResult
}

/** What was made, how good it is, where it is. Honest: pictures of 32 pixels, by a small network. */
function closingSentences({ trained, score, made, packed }: Results, folder: string): string[] {
  const { synthetic } = made
  const seen = trained.run.iteration * trained.run.settings.batch
  return [
    `CytoLoom made ${synthetic.images} synthetic pictures with ${synthetic.cells.toLocaleString('en')} outlined nuclei. The built-in model, which already knew nuclei, learned from the sample for ${minutesText(trained)} (${seen.toLocaleString('en')} pictures seen).`,
    `Their quality score is ${score.mean.frechet.toFixed(0)} (${score.features.name}; near 0 would be as good as real ones, and lower is better): the network is small and so are its pictures; train for hours on your own data.`,
    `The pictures are in ${join(folder, 'images')}, their masks beside them in masks, and the package for a colleague is ${packed.file}.`
  ]
}

function minutesText({ run, secondsPerIteration }: TrainResult): string {
  const minutes = (run.iteration * secondsPerIteration) / 60
  return minutes < 1.5 ? 'about a minute' : `about ${minutes.toFixed(0)} minutes`
}
