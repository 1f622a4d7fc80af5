import type { Task } from '../../shared/tasks.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Works } from './work.ts'

/**
 * Brings to rest the tasks of processes that are gone. What can go on is paused, as is what had not begun; what was killed
 * when the thing it made was whole already is done; the rest is interrupted. Nothing begins by itself after a crash.
 *
 * @returns those that changed
 */
export function settleLost(catalog: Catalog, living: ReadonlySet<string>, works: Works, now: () => string): Task[] {
  return catalog.transaction(() =>
    lostTasks(catalog, living).map((task) => {
      const cancelled = catalog.tasks.wish(task.id) === 'cancel'
      catalog.tasks.setWish(task.id, undefined)
      const rest = { worker: undefined, secondsLeft: undefined }
      return catalog.tasks.change(task.id, ({ state }) => {
        if (cancelled) return { ...rest, state: 'cancelled', ended: now() }
        if (state === 'waiting' || works[task.kind].pauses) return { ...rest, state: 'paused' }
        if (task.plan === undefined && isMade(catalog, task)) return { ...rest, state: 'done', ended: now() }
        return { ...rest, state: 'interrupted', ended: now() }
      })
    })
  )
}

/** Those that look as if a process worked on them, and none does. A part that waits for its plan is not lost. */
export function lostTasks(catalog: Catalog, living: ReadonlySet<string>): Task[] {
  return catalog.tasks
    .active()
    .filter(({ worker, plan, state }) =>
      worker === undefined ? !(state === 'waiting' && plan !== undefined) : !living.has(worker)
    )
}

/** Whether what the task made is whole and listed: only its own end was cut off. */
export function isMade({ datasets, prepared, synthetic, packages }: Catalog, { thing }: Task): boolean {
  return thing !== undefined && [datasets, prepared, synthetic, packages].some((table) => table.hasId(thing))
}
