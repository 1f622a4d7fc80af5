import { createContext } from 'svelte'
import { type Remedy } from '../../shared/remedies.ts'
import { type Section } from '../router.ts'
import { type Computer } from './computer.svelte.ts'
import { type Problems } from './problems.svelte.ts'
import { type TaskList } from './tasks.svelte.ts'
import { type Tending } from './tending.svelte.ts'

/** What remedies are carried out with. */
export interface Means {
  readonly show: (section: Section) => void
  readonly computer: Computer
  readonly tasks: TaskList
  readonly tending: Tending
  readonly problems: Problems
}

/** What the page does for a remedy, or undefined where it has no screen for it yet: then the remedy stays a sentence. */
export type RemedyAction = (remedy: Remedy) => (() => void) | undefined

export function remedyActions({ show, computer, tasks, tending, problems }: Means): RemedyAction {
  const attempt = (work: () => Promise<unknown>) => () => void problems.attempt('page', work())
  const showSettings = () => show('settings')
  const actions: Actions = {
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
    restore: ({ name }) => attempt(() => tending.restore(name)),
    'empty-trash': () => () => show('trash'),
    'task-again': ({ task }) => attempt(() => tasks.ask('again', task))
  }
  // The table pairs each action with its own remedy; a looked-up entry loses that pairing for the compiler.
  return (remedy) => (actions[remedy.action] as ((remedy: Remedy) => () => void) | undefined)?.(remedy)
}

type Actions = { readonly [A in Remedy['action']]?: (remedy: Extract<Remedy, { action: A }>) => () => void }

export const [getRemedyAction, setRemedyAction] = createContext<RemedyAction>()
