import { z } from 'zod'
import { type RequestName, requests } from './api.ts'
import { EstimateRequest } from './estimates.ts'
import { type Remedy, type RemedyOption } from './remedies.ts'
import { type Task, type TaskKind } from './tasks.ts'

/** Which request each kind of task carries out. */
export const requestOf = {
  look: 'datasets.inspect',
  import: 'datasets.import',
  prepare: 'prepared.create',
  train: 'runs.train',
  resume: 'runs.resume',
  evaluate: 'runs.evaluate',
  generate: 'synthetic.generate',
  segment: 'segment.train',
  predict: 'segment.predict',
  score: 'scores.files',
  package: 'packages.create',
  verify: 'packages.verify',
  open: 'packages.open',
  'engine-build': 'engine.build',
  'engine-install': 'engine.install',
  estimate: 'estimates.make',
  sample: 'demo.run',
  study: 'study.run',
  'study-task': 'study.task'
} as const satisfies Record<TaskKind, RequestName>

/** What can be answered anew: an option that remedies name, or the compute engine. */
export type Choice = RemedyOption | 'engine'

/** What a remedy would have answered anew. */
export function choiceOf(remedy: Remedy): Choice | undefined {
  if (remedy.action === 'set-option') return remedy.option
  if (remedy.action === 'choose-name') return 'name'
  return remedy.action === 'choose-engine' ? 'engine' : undefined
}

/** Where a choice stands in the input of a task; undefined where it is none of this kind. */
export function placeOf(choice: Choice, task: Pick<Task, 'kind' | 'input'>): 'field' | 'planes' | undefined {
  const fields = fieldsOf(task)
  if (planeChoices.has(choice) && fields.includes('planes')) return 'planes'
  return fields.includes(choice) ? 'field' : undefined
}

/** Which plane of a stack is taken: these stand together in a request. */
export const planeChoices: ReadonlySet<Choice> = new Set<Choice>(['axes', 'channels', 'z', 't'])

/** Whether they were given or not. */
function fieldsOf({ kind, input }: Pick<Task, 'kind' | 'input'>): readonly string[] {
  const schema = kind === 'estimate' ? estimateOf(input) : requests[requestOf[kind]].input
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function estimateOf(input: unknown): z.ZodObject | undefined {
  const of = z.looseObject({ of: z.string() }).safeParse(input).data?.of
  return EstimateRequest.options.find(({ shape }) => shape.of.value === of)
}
