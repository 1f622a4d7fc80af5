import { refuse } from '../../shared/errors.ts'
import type { Segmenter } from '../../shared/segmentation.ts'
import type { Task } from '../../shared/tasks.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** Whether a segmenter that stopped with an error is at a safe point. */
export function segmenterCanGoOn(app: AppContext, task: Task): boolean {
  return segmenterOf(app, task)?.state === 'paused'
}

/** Ends a paused segmenter as it is. */
export function keepSegmenter(app: AppContext, task: Task): unknown {
  const segmenter = segmenterOf(app, task)
  if (segmenter === undefined) throw refuse(`The model of “${task.name}” is no longer there.`)
  if (typeof task.outcome !== 'object') {
    throw refuse(`“${task.name}” was cut off before it could say how far it is.`, {
      next: 'Resume it; from its next safe point on, what it has can be kept.'
    })
  }
  const model: Segmenter = { ...segmenter, state: 'stopped' }
  app.catalog.segmenters.update(model)
  app.emit({ event: 'workspace.changed' })
  return { ...task.outcome, model }
}

/** One that was cancelled goes to the trash; one without a safe point leaves nothing. */
export async function discardSegmenter(app: AppContext, task: Task): Promise<void> {
  const segmenter = segmenterOf(app, task)
  if (segmenter === undefined) return
  if (segmenter.iteration === 0) {
    const { forgetSegmenter } = await import('./segmentation.ts')
    await forgetSegmenter(app, segmenter.id)
    return
  }
  const { trashThings } = await import('./things.ts')
  await trashThings(app, { things: [segmenter.id], kind: 'segmenter', needing: 'leave' })
}

function segmenterOf({ catalog }: AppContext, { thing }: Task): Segmenter | undefined {
  return thing === undefined ? undefined : catalog.segmenters.find(thing)
}
