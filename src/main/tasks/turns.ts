import type { Catalog } from '../catalog/catalog.ts'
import type { Task } from '../../shared/tasks.ts'

/** So many tasks that leave the compute engine alone are worked on at a time by one process: they share its disk. */
const besideAtATime = 3

/**
 * Which of the tasks that wait in this process may begin now.
 *
 * The compute engine is given to one task at a time, over all processes of the workspace: nobody's turn comes while one
 * that lives has it, or while one that lives waits in front.
 */
export function whoseTurn(
  catalog: Catalog,
  me: string,
  living: ReadonlySet<string>,
  isPlan: (task: Task) => boolean
): Task[] {
  const isLiving = ({ worker }: Task): boolean => worker !== undefined && living.has(worker)
  const queue = catalog.tasks.engineQueue()
  const inQueue = new Set(queue.map(({ id }) => id))
  const head = queue.filter(isLiving).find(({ state }) => state === 'waiting')
  const isTaken = queue.some((task) => task.state !== 'waiting' && isLiving(task))

  const mine = catalog.tasks.active().filter(({ worker }) => worker === me)
  const working = mine.filter((task) => task.state !== 'waiting' && !inQueue.has(task.id) && !isPlan(task)).length
  let room = besideAtATime - working
  return mine
    .filter(({ state }) => state === 'waiting')
    .filter((task) => {
      if (inQueue.has(task.id)) return !isTaken && task.id === head?.id
      return isPlan(task) || task.beside || room-- > 0
    })
}
