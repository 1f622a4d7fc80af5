import type { AppContext } from './app-context.ts'
import { isHeld } from './run-lock.ts'

/** What was left "running" by a process that is gone is paused: its last safe point holds. */
export async function settleInterruptedRuns({ catalog, folders }: AppContext): Promise<void> {
  for (const run of catalog.runs.list()) {
    if (run.state === 'running' && !(await isHeld(folders.folder('runs', run.id)))) {
      catalog.runs.update({ ...run, state: 'paused' })
    }
  }
}
