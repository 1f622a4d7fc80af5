import type { Task } from '../../shared/tasks.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Works } from './work.ts'

/**
 * Brings to rest the tasks of processes that are gone. What can go on is paused, as is what had not begun; the rest is
 * interrupted. Nothing begins by itself after a crash.
 *
 * @returns those that changed
 */
export function settleLost(catalog: Catalog, living: ReadonlySet<string>, works: Works, now: () => string): Task[] {
  const isLost = ({ worker, plan, state }: Task): boolean =>
    worker === undefined ? !(state === 'waiting' && plan !== undefined) : !living.has(worker)
  return catalog.transaction(() =>
    catalog.tasks
      .active()
      .filter(isLost)
      .map((task) => {
        const cancelled = catalog.tasks.wish(task.id) === 'cancel'
        catalog.tasks.setWish(task.id, undefined)
        const rest = { worker: undefined, secondsLeft: undefined }
        return catalog.tasks.change(task.id, ({ state }) => {
          if (cancelled) return { ...rest, state: 'cancelled', ended: now() }
          if (state === 'waiting' || works[task.kind].pauses) return { ...rest, state: 'paused' }
          return { ...rest, state: 'interrupted', ended: now() }
        })
      })
  )
}
