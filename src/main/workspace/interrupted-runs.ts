import type { AppContext } from './app-context.ts'

/** What was left "running" by a process that is gone is paused: its last safe point holds. Lost tasks are settled before. */
export function settleInterruptedRuns({ catalog }: AppContext): void {
  const atWork = new Set(catalog.tasks.active().map(({ thing }) => thing))
  for (const run of catalog.runs.list()) {
    if (run.state === 'running' && !atWork.has(run.id)) catalog.runs.update({ ...run, state: 'paused' })
  }
  for (const model of catalog.segmenters.list()) {
    if (model.state === 'running' && !atWork.has(model.id)) catalog.segmenters.update({ ...model, state: 'paused' })
  }
}
