import { readFileSync } from 'node:fs'
import { FrozenStudy, OneStudy } from '../../shared/studies.ts'
import { StudyFolder } from '../studies/study-folder.ts'
import type { Plan } from '../tasks/work.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** A study as a plan: a task for each training that is not done yet, one after another. */
export function studyPlan(app: AppContext): Plan {
  return {
    steps: (input) => {
      const { id } = app.catalog.studies.require(OneStudy.parse(input).study)
      const place = new StudyFolder(app.folders.root, id)
      const study = FrozenStudy.parse(JSON.parse(readFileSync(place.questionFile, 'utf8')))
      return place.open(study).map((task) => ({ kind: 'study-task', name: task, input: { study: id, task } }))
    },
    notice: ({ name, summary = '' }) => `${name}: ${summary}`,
    conclude: async ({ input }) => {
      const { reportStudy } = await import('./studies.ts')
      return reportStudy(app, OneStudy.parse(input))
    }
  }
}
