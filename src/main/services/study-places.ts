import { productVersion } from '../product.ts'
import type { FrozenPlace } from '../studies/run-task.ts'
import { readFrozen, StudyFolder } from '../studies/study-folder.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'

/** A study of this workspace with its frozen question. */
export async function openStudy(app: AppContext, nameOrId: string): Promise<FrozenPlace> {
  const study = app.catalog.studies.require(nameOrId)
  await ownFolder(app, 'studies', study)
  const place = new StudyFolder(app.folders.root, study.id)
  return { place, ...(await readFrozen(place)), program: productVersion }
}
