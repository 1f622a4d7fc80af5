import { createContext } from 'svelte'
import { type Remedy } from '../../shared/remedies.ts'
import { type ThingKind } from '../../shared/things.ts'
import { type Route, shelfOfKind } from '../router.ts'
import { type Computer } from './computer.svelte.ts'
import { type Problems } from './problems.svelte.ts'
import { type TaskList } from './tasks.svelte.ts'
import { type Tending } from './tending.svelte.ts'

/** What remedies are carried out with. */
export interface Means {
  readonly go: (place: Route) => void
  /** The id of a thing of this name or id, where the workspace has it. */
  readonly idOf: (kind: ThingKind, nameOrId: string | undefined) => string | undefined
  readonly computer: Computer
  readonly tasks: TaskList
  readonly tending: Tending
  readonly problems: Problems
}

/** What the page does for a remedy, or undefined where it has no screen for it yet: then the remedy stays a sentence. */
export type RemedyAction = (remedy: Remedy) => (() => void) | undefined

export function remedyActions({ go, idOf, computer, tasks, tending, problems }: Means): RemedyAction {
  const attempt = (work: () => Promise<unknown>) => () => void problems.attempt('page', work())
  const to = (place: Route) => () => {
    go(place)
  }
  const showSettings = to({ section: 'settings' })
  const actions: Actions = {
    list: ({ kind }) => to({ section: shelfOfKind[kind] }),
    show: ({ kind, name }) => to({ section: shelfOfKind[kind], id: idOf(kind, name) }),
    make: ({ kind }) => to({ section: kind === 'prepared' ? 'images' : shelfOfKind[kind], task: 'new' }),
    'rebuild-catalogue': () => attempt(() => tending.rebuild()),
    'pause-run': ({ run }) => {
      const id = idOf('run', run)
      const task = tasks.shown.find((each) => each.state === 'running' && (each.thing === id || each.name === run))
      return task && attempt(() => tasks.ask('pause', task.id))
    },
    'import-again': () => to({ section: 'images', task: 'new' }),
    'prepare-again': ({ dataset }) => {
      const id = idOf('dataset', dataset)
      return to({ section: 'images', task: 'new', ...(id !== undefined && { query: { dataset: id } }) })
    },
    'generate-again': ({ run }) => {
      const id = idOf('run', run)
      return to({ section: 'sets', task: 'new', ...(id !== undefined && { query: { run: id } }) })
    },
    'train-from': ({ run, prepared }) => {
      const [from, version] = [idOf('run', run), idOf('prepared', prepared)]
      const query = { ...(version !== undefined && { version }), ...(from !== undefined && { from }) }
      return to({ section: 'models', task: 'new', query })
    },
    'install-engine': ({ engine, again }) => {
      const build = () => computer.build(engine === 'native-gpu', again)
      return () => {
        showSettings()
        void problems.attempt('packs', build())
      }
    },
    'install-engine-file': () => showSettings,
    'remove-engine': () => showSettings,
    'resume-run': ({ action: _, ...input }) => attempt(() => tasks.start('resume', input)),
    'open-package': ({ file }) => attempt(() => tasks.start('open', { file })),
    'show-storage': () => showSettings,
    'trash-with': ({ names }) => attempt(() => tending.trashTogether(names)),
    restore: ({ name }) => attempt(() => tending.restore(name)),
    'empty-trash': () => to({ section: 'trash' }),
    'task-again': ({ task }) => attempt(() => tasks.ask('again', task))
  }
  // The table pairs each action with its own remedy; a looked-up entry loses that pairing for the compiler.
  return (remedy) => (actions[remedy.action] as ((remedy: Remedy) => (() => void) | undefined) | undefined)?.(remedy)
}

type Actions = {
  readonly [A in Remedy['action']]?: (remedy: Extract<Remedy, { action: A }>) => (() => void) | undefined
}

export const [getRemedyAction, setRemedyAction] = createContext<RemedyAction>()
