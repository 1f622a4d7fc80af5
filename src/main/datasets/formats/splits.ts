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

/** The split of a picture by the folders that it is in; folders that name several, as `train_val`, say nothing. */
export function splitOfFolders(folders: readonly string[]): string | undefined {
  return folders.map(onlySplitOf).findLast((split) => split !== undefined)
}

function onlySplitOf(name: string): string | undefined {
  const words = name.toLowerCase().split(/[^a-z]+/)
  const splits = new Set(words.map((word) => splitNames.get(word)).filter((split) => split !== undefined))
  return splits.size === 1 ? [...splits][0] : undefined
}

/** Of two splits for one picture the one that is held out further. */
export function stricterSplit(a: string | undefined, b: string | undefined): string | undefined {
  return strictness.indexOf(a) > strictness.indexOf(b) ? a : b
}
