import { type Answering, choiceIn } from '../state/answering.ts'
import { getRemedyAction, setRemedyAction } from '../state/remedy-actions.ts'

/**
 * Lets a wizard take another answer to what it asks, wherever in it a trouble is shown: former answers stay, and what failed
 * is done again with the new one. All other remedies are carried out as elsewhere.
 */
export function answerInWizard(wizard: Answering): void {
  const elsewhere = getRemedyAction()
  setRemedyAction((remedy, about) => {
    const asked = choiceIn(remedy)
    return elsewhere(remedy, asked !== undefined && wizard.asks(asked.choice) ? wizard : about)
  })
}
