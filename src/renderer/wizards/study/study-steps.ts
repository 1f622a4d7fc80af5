import { type AppError } from '../../../shared/errors.ts'
import { type RemedyOption } from '../../../shared/remedies.ts'

export const studySteps = ['question', 'data', 'arms', 'repeats', 'cost', 'summary'] as const
export type StudyStep = (typeof studySteps)[number]

const places: Readonly<Partial<Record<RemedyOption, StudyStep>>> = {
  sizes: 'question',
  shares: 'question',
  counts: 'question',
  moreImages: 'arms',
  name: 'summary'
}

/** Where what stands in the way of a plan can be mended: with the data, unless a remedy names something else. */
export function stepOfProblem({ remedies }: Pick<AppError, 'remedies'>): StudyStep {
  for (const remedy of remedies) {
    const step = remedy.action === 'set-option' ? places[remedy.option] : undefined
    if (step !== undefined) return step
  }
  return 'data'
}

/** Whether a step cannot be left for what stands in the way: it is told where it arises, and wherever one goes on from there. */
export function isHeldUp(step: StudyStep, problem: Pick<AppError, 'remedies'> | undefined): boolean {
  return problem !== undefined && studySteps.indexOf(stepOfProblem(problem)) <= studySteps.indexOf(step)
}
