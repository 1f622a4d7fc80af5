/** A program that packs a synthetic set and is killed at a moment that it is told: `WORKSPACE SET OUT MOMENT`. */
import { join } from 'node:path'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { oneAtATime } from '../../src/main/workspace/one-at-a-time.ts'
import { PackageArrival } from '../../src/main/workspace/package-arrival.ts'
import { WorkspaceFolders } from '../../src/main/workspace/workspace-folders.ts'
import { makeSyntheticSet } from './synthetic-set.ts'

const [workspace = '', set = '', out = '', moment = ''] = process.argv.slice(2)
const folders = new WorkspaceFolders(workspace)
const catalog = openCatalog(join(workspace, 'catalog.sqlite'))
const environment = defaultEnvironment({ workspace })
const inTurn = oneAtATime()
const context = { environment, catalog, folders, notices: () => [], emit: () => undefined, inTurn }
const arrival = new PackageArrival(context)

const about = await makeSyntheticSet(set)
const now = new Date()
const source = { folder: set, about, out, formats: ['labels'] as const, license: '', author: '', now, software: '' }
await createPackage(source, {
  announce: async ({ warnings: _, ...made }) => {
    await arrival.announce({ ...made, created: now.toISOString(), synthetic: about.synthetic.id })
    dieAt('announced')
  }
})
dieAt('named')
if (moment === 'described') catalog.transaction = die // which comes after the folder has its name
await arrival.enter()

function dieAt(now: string): void {
  if (now === moment) die()
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('a killed program does nothing more')
}
