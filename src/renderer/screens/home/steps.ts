import { type StepState } from '../../../shared/demo.ts'
import { type Step } from '../../components/step.ts'
import { timeLeft } from '../../text/common.ts'
import { stepStates, stepTitles } from '../../text/home.ts'

/** The demo's steps as the list shows them. */
export function shownSteps(steps: readonly StepState[]): Step[] {
  return steps.map((step) => ({
    key: step.step,
    title: stepTitles[step.step],
    state: step.state,
    stateWord: stepStates[step.state],
    done: step.done,
    total: step.total,
    note: note(step)
  }))
}

function note({ state, outcome, secondsLeft }: StepState): string | undefined {
  if (state === 'running') return secondsLeft === undefined ? undefined : timeLeft(secondsLeft)
  return outcome
}
