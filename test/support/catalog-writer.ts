import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { sampleRun, sampleStep } from './catalog-samples.ts'

/** To be started as a process of its own, with the catalogue's path and a run's name. */
export const catalogWriter = import.meta.filename

if (process.argv[1] === catalogWriter) await writeUntilKilled(process.argv[2] ?? '', process.argv[3] ?? '')

/**
 * Stores a run, then one iteration after the other, each as history entry and as the run's state in one transaction,
 * and tells the parent process after each.
 */
async function writeUntilKilled(file: string, name: string): Promise<never> {
  const catalog = openCatalog(file)
  const run = sampleRun(`id-of-${name.replaceAll(' ', '-')}`, name)
  catalog.runs.insert(run)
  for (let iteration = 0; ; iteration++) {
    catalog.transaction(() => {
      catalog.runs.appendHistory(run.id, [sampleStep(iteration)])
      catalog.runs.update({ ...run, iteration })
    })
    process.send?.(iteration)
    await new Promise((resume) => setImmediate(resume))
  }
}
