import { type CellArm } from './studies.ts'

/** The arms of a study, as its table, report and page call them. */
export const armTitles: Readonly<Record<CellArm, string>> = {
  real: 'Real images only',
  'real-repeated': 'Real images repeated',
  'classic-doubled': 'Classic augmentation doubled',
  'copy-paste': 'Copy-paste of real cells',
  synthetic: 'Synthetic images',
  'synthetic-shuffled-masks': 'Synthetic images with masks of others',
  'synthetic-filtered': 'Synthetic images, the better half',
  'synthetic-literal': 'Synthetic images, edges only where cells overlap',
  'more-real': 'More real images',
  elsewhere: 'Made elsewhere'
}
