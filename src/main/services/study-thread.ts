import { ThreadPool } from '../threads/pool.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** Work on the tables of a study, in a thread that ends with it: resampling takes seconds in which nobody is to wait. */
export async function inStudyThread<Outcome>(
  { environment: { workerPath } }: AppContext,
  name: 'report' | 'findable' | 'predictions',
  task: object
): Promise<Outcome> {
  const pool = new ThreadPool({ workerPath, threads: 1 })
  try {
    return await pool.run<Outcome>(task, { name })
  } finally {
    await pool.close()
  }
}
