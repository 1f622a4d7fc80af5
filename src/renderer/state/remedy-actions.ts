import { createContext } from 'svelte'
import { z } from 'zod'
import { type Prepared } from '../../shared/masks.ts'
import { type Remedy, type RemedyOption } from '../../shared/remedies.ts'
import { type Run } from '../../shared/runs.ts'
import { type Task } from '../../shared/tasks.ts'
import { type ThingKind } from '../../shared/things.ts'
import { type Route, shelfOfKind } from '../router.ts'
import { answersBefore, type ImagesAnswers, preparedAgain } from '../wizards/images/images-answers.ts'
import { type Answering, choiceIn, newTaskOf, textOf } from './answering.ts'
import { type Computer } from './computer.svelte.ts'
import { type Problems } from './problems.svelte.ts'
import { type Questions } from './questions.svelte.ts'
import { type TaskList } from './tasks.svelte.ts'
import { type Tending } from './tending.svelte.ts'

/** What remedies are carried out with. */
export interface Means {
  readonly go: (place: Route) => void
  /** The id of a thing of this name or id, where the workspace has it. */
  readonly idOf: (kind: ThingKind, nameOrId: string | undefined) => string | undefined
  readonly runOf: (nameOrId: string | undefined) => Run | undefined
  readonly preparedOf: (nameOrId: string | undefined) => Prepared | undefined
  /** A name that nothing has. */
  readonly freeName: (wanted: string) => string
  /** Opens another workspace; undefined where only whoever started the program can. */
  readonly chooseWorkspace: (() => Promise<unknown>) | undefined
  readonly computer: Computer
  readonly tasks: TaskList
  readonly tending: Tending
  readonly problems: Problems
  readonly questions: Questions
}

/** What the remedy is of: a task that failed, or who takes another answer. */
export type About = Task | Answering

/** What the page does for a remedy, or undefined where there is nothing to press: then the remedy stays a sentence. */
export type RemedyAction = (remedy: Remedy, about?: About) => (() => void) | undefined

export function remedyActions(means: Means): RemedyAction {
  const actions: Actions = { ...placesFor(means), ...answersFor(means), ...requestsFor(means) }
  // The table pairs each action with its own remedy; a looked-up entry loses that pairing for the compiler.
  return (remedy, about) => (actions[remedy.action] as Action<Remedy['action']>)(remedy, about)
}

type Led =
  | 'list'
  | 'show'
  | 'make'
  | 'import-again'
  | 'prepare-again'
  | 'generate-again'
  | 'train-from'
  | 'install-engine-file'
  | 'archive-engine'
  | 'remove-engine'
  | 'show-storage'
  | 'empty-trash'
type Answered = 'choose-name' | 'choose-engine' | 'set-option' | 'extend-run'

/** What leads to where more is to be decided. */
function placesFor(means: Means): Pick<Actions, Led> {
  const { go, idOf } = means
  const to = (place: Route) => () => {
    go(place)
  }
  const settings = to({ section: 'settings' })
  return {
    list: ({ kind }) => to({ section: shelfOfKind[kind] }),
    show: ({ kind, name }) => to({ section: shelfOfKind[kind], id: idOf(kind, name) }),
    make: ({ kind }) => to({ section: kind === 'prepared' ? 'images' : shelfOfKind[kind], task: 'new' }),
    'import-again': () => to({ section: 'images', task: 'new' }),
    'prepare-again': (remedy, about) => {
      const { dataset, ...answers } = { ...preparedBefore(about, means), ...preparedAgain(remedy) }
      const id = idOf('dataset', remedy.dataset ?? dataset)
      if (id === undefined) return to({ section: 'images', task: 'new' })
      const before = Object.keys(answers).length > 0 && { before: JSON.stringify(answers) }
      return to({ section: 'images', task: 'new', query: { dataset: id, ...before } })
    },
    'generate-again': ({ run }) => {
      const id = idOf('run', run)
      return to({ section: 'sets', task: 'new', ...(id !== undefined && { query: { run: id } }) })
    },
    'train-from': ({ run, prepared, learningRate }) => {
      const [from, version] = [idOf('run', run), idOf('prepared', prepared)]
      const query = {
        ...(version !== undefined && { version }),
        ...(from !== undefined && { from }),
        ...(learningRate !== undefined && { learningRate: String(learningRate) })
      }
      return to({ section: 'models', task: 'new', query })
    },
    'install-engine-file': () => to(settingsAt('file')),
    'archive-engine': () => to(settingsAt('archive')),
    'remove-engine': () => settings,
    'show-storage': () => settings,
    'empty-trash': () => to({ section: 'trash' })
  }
}

/** What answers anew what was asked before: with what the remedy knows, or after a question. */
function answersFor(means: Means): Pick<Actions, Answered> {
  const { go, computer, tasks, problems, questions } = means
  const answer = (remedy: Remedy, about: About | undefined) => {
    const answering = about && answeringOf(about, means)
    const asked = choiceIn(remedy)
    if (asked === undefined || answering?.asks(asked.choice) !== true) return undefined
    const { choice, answer: known } = asked
    if (known !== undefined) return () => void problems.attempt('page', answering.take(choice, known))
    const before = textOf(answering.before(choice))
    return () => {
      questions.ask({
        choice,
        before: choice === 'name' ? means.freeName(before) : before,
        take: (given) => answering.take(choice, given)
      })
    }
  }
  /** Where nothing was asked that an engine could be chosen for, Settings tell which one is taken by itself. */
  const examine = () => {
    go({ section: 'settings' })
    void problems.attempt('computer', computer.examine())
  }
  return {
    'choose-name': answer,
    'choose-engine': (remedy, about) => answer(remedy, about) ?? examine,
    'set-option': (remedy, about) => {
      if (!packOptions.has(remedy.option)) return answer(remedy, about)
      return () => {
        go(settingsAt('file'))
      }
    },
    'extend-run': ({ run }) => {
      const known = means.runOf(run)
      return () => {
        questions.ask({
          choice: 'iterations',
          before: known === undefined ? '' : String(2 * known.settings.iterations),
          take: async (iterations) => {
            await tasks.start('resume', { run, iterations })
            if (known !== undefined) go({ section: 'models', id: known.id, task: 'live' })
          }
        })
      }
    }
  }
}

/** What is asked of the app, or of the window around the page, at once. */
function requestsFor(means: Means): Omit<Actions, Led | Answered> {
  const { go, idOf, chooseWorkspace, computer, tasks, tending, problems } = means
  const attempt = (work: () => Promise<unknown>) => () => void problems.attempt('page', work())
  return {
    'choose-workspace': () => chooseWorkspace && attempt(chooseWorkspace),
    'rebuild-catalogue': () => attempt(() => tending.rebuild()),
    'pause-run': ({ run }) => {
      const id = idOf('run', run)
      const task = tasks.shown.find((each) => each.state === 'running' && (each.thing === id || each.name === run))
      return task && attempt(() => tasks.ask('pause', task.id))
    },
    'install-engine': ({ engine, again }) => {
      const build = () => computer.build(engine === 'native-gpu', again)
      return () => {
        go({ section: 'settings' })
        void problems.attempt('packs', build())
      }
    },
    'resume-run': ({ action: _, ...input }) => attempt(() => tasks.start('resume', input)),
    'open-package': ({ file }) => attempt(() => tasks.start('open', { file })),
    'trash-with': ({ names }) => attempt(() => tending.trashTogether(names)),
    restore: ({ name }) => attempt(() => tending.restore(name)),
    'task-again': ({ task }) => attempt(() => tasks.ask('again', task))
  }
}

type Action<A extends Remedy['action']> = (
  remedy: Extract<Remedy, { action: A }>,
  about: About | undefined
) => (() => void) | undefined
type Actions = { readonly [A in Remedy['action']]: Action<A> }

/** What of a task tells how images were prepared: what it was asked, or the version that it works with. */
const Preparing = z.looseObject({
  of: z.string().optional(),
  prepared: z.string().optional(),
  run: z.string().optional()
})

/** How the images were prepared that a task is about: what was asked for them, where that is still known, or what they show. */
function preparedBefore(about: About | undefined, { tasks, runOf, preparedOf }: Means): ImagesAnswers {
  if (about === undefined || !('kind' in about)) return {}
  const { data: input = {} } = Preparing.safeParse(about.input)
  if (about.kind === 'prepare' || input.of === 'prepare') return answersBefore(input)
  const version = preparedOf(input.prepared ?? runOf(input.run)?.prepared)
  if (version === undefined) return {}
  const asked = tasks.shown.find(({ kind, thing }) => kind === 'prepare' && thing === version.id)
  return { ...answersBefore(version), ...answersBefore(asked?.input) }
}

/** A part of Settings. */
function settingsAt(at: 'file' | 'archive'): Route {
  return { section: 'settings', query: { at } }
}

/** Where a file with a pack is taken from, and whether it is trusted: Settings ask that. */
const packOptions: ReadonlySet<RemedyOption> = new Set<RemedyOption>(['wheel', 'trust'])

function answeringOf(about: About, { tasks, runOf, freeName }: Means): Answering {
  if (!('kind' in about)) return about
  return newTaskOf(about, (changes) => {
    // The run that a training left has its name.
    const run = about.kind === 'train' ? runOf(about.thing) : undefined
    return tasks.again(about.id, { ...(run && { name: freeName(run.name) }), ...changes })
  })
}

export const [getRemedyAction, setRemedyAction] = createContext<RemedyAction>()
