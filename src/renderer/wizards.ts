import { type Component } from 'svelte'
import { type Route, type Shelf } from './router.ts'

/** What a wizard or the live page is given: the thing that it is about, and answers that the address holds. */
export interface WizardProps {
  readonly id?: string | undefined
  readonly query: Readonly<Record<string, string>>
}

type Load = () => Promise<{ default: Component<WizardProps> }>

/**
 * What opens at `#/<shelf>/new` and `#/models/<id>/live`, fetched when it is first wanted: one line each. Where there is
 * none yet, the forms of `#/work` stand in.
 */
const wizards: Readonly<Partial<Record<Shelf | 'live', Load>>> = {
  images: () => import('./wizards/images/ImagesWizard.svelte'),
  models: () => import('./wizards/train/TrainWizard.svelte'),
  sets: () => import('./wizards/generate/GenerateWizard.svelte'),
  studies: () => import('./wizards/study/StudyWizard.svelte'),
  packages: () => import('./wizards/share/ShareWizard.svelte'),
  live: () => import('./screens/live/LiveRun.svelte')
}

export function wizardAt({ section, task }: Route): Load | undefined {
  if (task === 'live') return wizards.live
  if (task !== 'new') return undefined
  const table: Readonly<Partial<Record<string, Load>>> = wizards
  return table[section]
}
