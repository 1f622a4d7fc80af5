import { refuse } from '../../shared/errors.ts'
import { type RequestName } from '../../shared/api.ts'
import { StartTask, type TaskKind } from '../../shared/tasks.ts'
import type { Handlers } from './dispatch.ts'

/** What changes nothing in the workspace. */
const looking: ReadonlySet<RequestName> = new Set<RequestName>([
  'app.doctor',
  'engine.list',
  'engine.look',
  'engine.build',
  'engine.install',
  'engine.remove',
  'workspace.show',
  'datasets.list',
  'datasets.show',
  'datasets.inspect',
  'prepared.preview',
  'prepared.forecast',
  'masks.table',
  'masks.graph',
  'masks.decode',
  'runs.list',
  'runs.show',
  'synthetic.show',
  'pictures.list',
  'pictures.cell',
  'pictures.copies',
  'study.list',
  'study.show',
  'study.board',
  'study.preview',
  'study.pictures',
  'study.file',
  'scores.files',
  'study.list',
  'study.show',
  'packages.verify',
  'things.inTrash',
  'things.storage',
  'things.origin',
  'things.place',
  'tasks.list',
  'tasks.show',
  'tasks.quitting',
  'files.list',
  'drafts.list',
  'drafts.show'
])
const lookingTasks: ReadonlySet<TaskKind> = new Set<TaskKind>([
  'look',
  'score',
  'verify',
  'engine-build',
  'engine-install'
])

/** The same requests, of which those that would change the workspace are refused. */
export function forLooking(handlers: Handlers, root: string): Handlers {
  const refusing = (name: RequestName) => (input: never, context: never) => {
    const isTask = name === 'tasks.start' && lookingTasks.has(StartTask.parse(input).kind)
    if (looking.has(name) || isTask) return handlers[name](input, context)
    throw refuse(`The workspace ${root} cannot be written to: it can only be looked at.`, {
      file: root,
      next: 'Allow writing in it, or copy it to a disk where you may write.',
      remedies: [{ action: 'choose-workspace' }]
    })
  }
  const names = Object.keys(handlers) as RequestName[] // the table has these and no others
  return Object.fromEntries(names.map((name) => [name, refusing(name)])) as unknown as Handlers // one for each
}
