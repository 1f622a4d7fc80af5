import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What schedulers have to know of a study. */
export interface Jobs {
  readonly name: string
  readonly generators: number
  readonly arms: number
  /** Tasks that one job does, one after the other. */
  readonly bundle: number
  /** Jobs at a time. */
  readonly atATime: number
}

/** Shell scripts for Slurm, a workflow for Nextflow, and what a person has to know of them. */
const names = ['submit.sh', 'job.sbatch', 'collect.sbatch', 'main.nf', 'README.txt'] as const

/** The files for schedulers, from those in `resources/cluster`. */
export async function schedulerFiles(resources: string, jobs: Jobs): Promise<[name: string, text: string][]> {
  const values: Readonly<Record<string, string | number>> = {
    NAME: jobs.name.replace(/[^\p{L}\p{N} .,()+-]/gu, '_'),
    JOB: jobs.name.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 40),
    GENERATORS: jobs.generators,
    ARMS: jobs.arms,
    BUNDLE: jobs.bundle,
    AT_A_TIME: jobs.atATime
  }
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const text = await readFile(join(resources, 'cluster', name), 'utf8')
      return [name, text.replace(/@([A-Z_]+)@/g, (whole, key: string) => String(values[key] ?? whole))]
    })
  )
}
