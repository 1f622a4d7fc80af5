import { isLivecellName } from '../livecell-names.ts'
import { coco } from './coco.ts'
import { type Format } from './format.ts'

/** LIVECell's archive: COCO whose file names tell class, time and frame. */
export const livecell: Format = {
  ...coco,
  holds: undefined,
  guess: {
    beginning: async ({ json }) =>
      (await json())?.pictures.some(({ name }) => isLivecellName(name)) === true
        ? 'the pictures have names as in LIVECell'
        : undefined
  },
  names: 'livecell'
}
