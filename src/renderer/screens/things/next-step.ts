import { type Workspace } from '../../../shared/api.ts'
import { addressOf, type Shelf } from '../../router.ts'
import { nextWords } from '../../text/things.ts'
import { type ShownThing, versionsOf } from '../../shown-things.ts'

interface NextStep {
  readonly label: string
  readonly address: string
}

/** The one thing that is usually done next with a thing. */
export function nextStep({ kind, id }: ShownThing, content: Workspace): NextStep | undefined {
  return nextSteps[kind](id, content)
}

const nextSteps: Readonly<Record<ShownThing['kind'], (id: string, content: Workspace) => NextStep | undefined>> = {
  dataset: (id, content) => {
    const [newest] = versionsOf(id, content)
    return newest === undefined ? making('images', { dataset: id }, nextWords.prepare) : training(newest.id)
  },
  prepared: (id, content) => (hasLearned(id, content) ? askingOf(id, content) : undefined) ?? training(id),
  run: (id, content) => afterTraining(content.runs.find((each) => each.id === id)),
  'built-in': generating,
  synthetic: (id, content) => asking(id, content) ?? packing(id),
  package: () => undefined,
  study: () => undefined,
  segmenter: () => undefined
}

/** What is done with it besides. */
export function otherStep({ kind, id }: ShownThing, content: Workspace): NextStep | undefined {
  if (kind === 'synthetic') return asking(id, content) && packing(id)
  if (kind !== 'prepared') return undefined
  const asked = askingOf(id, content)
  return asked && hasLearned(id, content) ? training(id) : asked
}

function packing(set: string): NextStep {
  return making('packages', { set }, nextWords.pack)
}

/** Whether it helps can be asked where a model of one's own made it from images that are here. */
function asking(id: string, { synthetic, runs, prepared, datasets }: Workspace): NextStep | undefined {
  const run = runs.find((each) => each.id === synthetic.find((set) => set.id === id)?.run)
  const version = prepared.find((each) => each.id === run?.prepared)
  const images = datasets.find((each) => each.id === version?.dataset && each.annotated > 0)
  return images && making('studies', { set: id, data: images.id }, nextWords.study)
}

/** Of the images that a version was prepared from. */
function askingOf(version: string, { prepared, datasets }: Workspace): NextStep | undefined {
  const dataset = prepared.find(({ id }) => id === version)?.dataset
  const images = datasets.find((each) => each.id === dataset && each.annotated > 0)
  return images && making('studies', { data: images.id }, nextWords.study)
}

function hasLearned(version: string, { runs }: Workspace): boolean {
  return runs.some(({ prepared, iteration }) => prepared === version && iteration > 0)
}

function training(version: string): NextStep {
  return making('models', { version }, nextWords.train)
}

function generating(run: string): NextStep {
  return making('sets', { run }, nextWords.generate)
}

/** What has learned nothing yet makes nothing. */
function afterTraining(run: Workspace['runs'][number] | undefined): NextStep | undefined {
  if (run === undefined || run.state === 'failed') return undefined
  if (run.state === 'running') {
    return { label: nextWords.watch, address: addressOf({ section: 'models', id: run.id, task: 'live' }) }
  }
  return run.iteration === 0 ? undefined : generating(run.id)
}

function making(section: Shelf, query: Record<string, string>, label: string): NextStep {
  return { label, address: addressOf({ section, task: 'new', query }) }
}
