import { type z } from 'zod'
import { SyntheticAbout } from '../../shared/synthetic.ts'

/** What a synthetic set's `about.json` says of the set as a whole; its pictures the catalogue knows. */
export const SyntheticReport = SyntheticAbout.pick({
  maskFit: true,
  health: true,
  phantoms: true,
  filtered: true,
  provenance: true
})
export type SyntheticReport = z.infer<typeof SyntheticReport>
