import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { sampleRun, sampleStep } from './catalog-samples.ts'

/**
 * A process to be killed: stores a run, then one iteration after the other, each as history entry and as the run's
 * state in one transaction, and tells its parent after each.
 */
const [file = '', name = ''] = process.argv.slice(2)
const catalog = openCatalog(file)
const run = sampleRun(`id of ${name}`, name)
catalog.runs.insert(run)

for (let iteration = 0; ; iteration++) {
  catalog.transaction(() => {
    catalog.runs.appendHistory(run.id, [sampleStep(iteration)])
    catalog.runs.update({ ...run, iteration })
  })
  process.send?.(iteration)
  await new Promise((resume) => setImmediate(resume))
}
