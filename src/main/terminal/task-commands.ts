import { type Command, InvalidArgumentError } from 'commander'
import { type Task } from '../../shared/tasks.ts'
import { AppError } from '../../shared/errors.ts'
import { type CommonOptions, type Host } from './host.ts'
import { wholeNumber } from './numbers.ts'
import { duration } from './progress-display.ts'

const actions = ['pause', 'resume', 'cancel', 'keep', 'again', 'dismiss', 'move'] as const

/** tasks, task */
export function addTaskCommands(program: Command, host: Host): void {
  program
    .command('tasks')
    .description('list the tasks of this workspace that are under way, waiting or recently ended')
    .option('--all', 'include tasks that ended long ago')
    .action(async ({ all, workspace }: CommonOptions & { readonly all?: boolean }) => {
      const result = await host.request('tasks.list', { all: all === true }, workspace)
      const lines = result.tasks.map((task) => `${task.plan === undefined ? '' : '  '}${task.id}  ${sentence(task)}`)
      host.print(result, lines.length === 0 ? 'Nothing is under way.' : lines.join('\n'))
    })
  program
    .command('task')
    .description(`show one task, or ${actions.join(', ')} it`)
    .argument('<action-or-task>', `${actions.join(', ')}; or the id or name of the task to show`)
    .argument('[task]', 'id or name')
    .option('--to <place>', 'for move: its position in the queue, from 0', wholeNumber)
    .addHelpText('after', help)
    .action(async (first: string, second: string | undefined, options: TaskOptions) => {
      const { task, isFollowed } = await carryOut(host, first, second, options)
      if (isFollowed && task.state === 'paused') {
        host.stopped(`“${task.name}” paused; everything is saved.`, `cytoloom task resume ${task.id} resumes it.`)
      }
      host.print({ task }, sentence(task))
    })
}

const help = `
  pause   stop at the next safe point, to resume later
  resume  continue a paused task, in this terminal
  cancel  end it for good; half-made things are removed
  keep    stop now and keep what there is
  again   start an ended task again, with the same answers
  dismiss remove an ended task from the list
  move    change the position of a waiting task in the queue`

interface TaskOptions extends CommonOptions {
  readonly to?: number
}

async function carryOut(
  host: Host,
  first: string,
  second: string | undefined,
  { to, workspace }: TaskOptions
): Promise<{ readonly task: Task; readonly isFollowed: boolean }> {
  if (second === undefined)
    return { task: await host.request('tasks.show', { id: first }, workspace), isFollowed: false }
  const action = actions.find((known) => known === first)
  if (action === undefined) throw new InvalidArgumentError(`There is no "${first}": choose ${actions.join(', ')}.`)
  if (action === 'move') {
    if (to === undefined) throw new AppError('usage', 'Choose the position in the queue: --to 0 is the front.')
    return { task: await host.request('tasks.move', { id: second, place: to }, workspace), isFollowed: false }
  }
  const isFollowed = action === 'resume' || action === 'again'
  return { task: await host.request(`tasks.${action}`, { id: second, follow: true }, workspace), isFollowed }
}

/** "train “first”: running, train 12 %, 3 min left" */
function sentence(task: Task): string {
  const { kind, name, state, error, summary } = task
  const end = state === 'done' && summary !== undefined ? [summary] : []
  const why = error === undefined ? [] : [error.message]
  return `${kind} “${name}”: ${[state, ...howFar(task), ...end, ...why].join(', ')}`
}

function howFar({ state, stage = '', done, total, secondsLeft }: Task): string[] {
  if (state !== 'running' && state !== 'stopping') return []
  const share = done === undefined || !total ? [] : [`${stage} ${Math.floor((100 * done) / total)} %`]
  return secondsLeft === undefined ? share : [...share, `${duration(secondsLeft)} left`]
}
