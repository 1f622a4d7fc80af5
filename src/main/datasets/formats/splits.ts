const splitNames = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
  ['testing', 'test']
])
const strictness = [undefined, 'train', 'validation', 'test']

/** The split that the name of a file or folder speaks of: `livecell_coco_val.json`, `labels/train`. */
export function splitOf(path: string): string | undefined {
  const words = path
    .replace(/^.*[/\\]/, '')
    .toLowerCase()
    .split(/[^a-z]+/)
  const word = words.find((candidate) => splitNames.has(candidate))
  return word === undefined ? undefined : splitNames.get(word)
}

/** Of two splits for one picture the one that is held out further. */
export function stricterSplit(a: string | undefined, b: string | undefined): string | undefined {
  return strictness.indexOf(a) > strictness.indexOf(b) ? a : b
}
