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
  prepared: training,
  run: (id, content) => afterTraining(content.runs.find((each) => each.id === id)),
  'built-in': generating,
  synthetic: (id) => making('packages', { set: id }, nextWords.pack),
  package: () => undefined,
  study: () => undefined,
  segmenter: () => undefined
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
