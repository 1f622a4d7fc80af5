import { type OptionValue, type Remedy, type RemedyAction, type RemedyOption } from '../../shared/remedies.ts'

/** What someone at a terminal can do about an error: its advice, then each remedy, a line each. */
export function adviceLines({
  next,
  remedies = []
}: {
  readonly next?: string | undefined
  readonly remedies?: readonly Remedy[] | undefined
}): string[] {
  return [...(next === undefined ? [] : [next]), ...remedies.map(remedyLine)]
}

/** A remedy as a line for someone at a terminal: what it does, and what to type for it. */
export function remedyLine(remedy: Remedy): string {
  // The table pairs each action with its own remedy; a looked-up entry loses that pairing for the compiler.
  return (wordings[remedy.action] as (remedy: Remedy) => string)(remedy)
}

type Wordings = { readonly [A in RemedyAction]: (remedy: Extract<Remedy, { action: A }>) => string }

const wordings: Wordings = {
  list: ({ kind }) => `List them: ${listing[kind]}`,
  show: ({ kind, name }) => `Look at it: ${showing[kind]} ${quoted(name)}`,
  make: ({ kind }) => `Make one: ${making[kind]}`,
  'choose-name': () => 'Choose another name.',
  'choose-workspace': () => 'Use another workspace: --workspace FOLDER',
  'rebuild-catalogue': () => 'Rebuild the catalogue from the folders: cytoloom doctor --rebuild',

  'choose-engine': ({ engine }) => `Use another engine: --engine ${engine}`,
  'install-engine': ({ engine, again }) =>
    `${again === true ? 'Download it again' : 'Download it'}: cytoloom engine build${engine === 'native-gpu' ? ' --gpu' : ''}${again === true ? ' --force' : ''}`,
  'install-engine-file': () => 'Without internet, from a pack or a wheel: cytoloom engine install FILE',
  'archive-engine': () => 'On a computer like this one, write it to a file: cytoloom engine build --archive FILE',
  'remove-engine': ({ name }) => `Make room for it: cytoloom engine remove ${quoted(name)}`,

  'resume-run': ({ run, engine, microBatch }) =>
    `Resume it: cytoloom train --resume ${quoted(run)}${engine === undefined ? '' : ` --engine ${engine}`}${microBatch === undefined ? '' : ` --micro-batch ${microBatch}`}`,
  'pause-run': ({ run }) => `Pause it: press Ctrl-C where "${run}" is training`,
  'train-from': ({ run, prepared, learningRate }) =>
    `Start a new run from its model: cytoloom train ${prepared === undefined ? 'PREPARED' : quoted(prepared)} --name NAME --from ${quoted(run)}${learningRate === undefined ? '' : ` --learning-rate ${learningRate}`}`,
  'extend-run': ({ run }) => `Train it further: cytoloom train --resume ${quoted(run)} --iterations N`,

  'import-again': ({ option, value }) =>
    `Import it again: cytoloom import SOURCE --name NAME${option === undefined ? '' : ` ${optionText(option, value)}`}`,
  'prepare-again': ({ dataset, tile, leaveOut = [], mergeClasses = false, split }) =>
    [
      `Prepare it again: cytoloom prepare ${dataset === undefined ? 'DATASET' : quoted(dataset)} --name NAME`,
      ...(tile === undefined ? [] : [`--tile ${tile}`]),
      ...(leaveOut.length === 0 ? [] : [`--leave-out ${leaveOut.map(quoted).join(' ')}`]),
      ...(mergeClasses ? ['--merge-classes'] : []),
      ...(split === undefined ? [] : [optionText('split', split)])
    ].join(' '),
  'generate-again': ({ run }) =>
    `Generate it again: cytoloom generate ${run === undefined ? 'RUN' : quoted(run)} --name NAME`,

  'set-option': ({ option, value }) => `Use ${optionText(option, value)}`,
  'open-package': ({ file }) => `Open it: cytoloom package open ${quoted(file)}`,
  'show-storage': () => 'See what takes the space: cytoloom storage',
  'empty-trash': () => 'Empty the trash: cytoloom trash --empty',
  'trash-with': ({ names }) => `Move them to the trash together: cytoloom trash ${names.map(quoted).join(' ')}`,
  restore: ({ name }) => `Take it out of the trash: cytoloom restore ${quoted(name)}`,
  'task-again': ({ task }) => `Start it again: cytoloom task again ${task}`
}

const listing = { dataset: 'cytoloom datasets', run: 'cytoloom runs' }
const showing = { dataset: 'cytoloom dataset', run: 'cytoloom run' }
const making = {
  dataset: 'cytoloom import SOURCE --name NAME',
  prepared: 'cytoloom prepare DATASET --name NAME',
  run: 'cytoloom train PREPARED --name NAME',
  synthetic: 'cytoloom generate RUN --name NAME'
}

/** What stands for a value that only the user knows; undefined where the option takes none. */
const placeholders: Record<RemedyOption, string | undefined> = {
  annotations: 'FILE',
  anyWeights: undefined,
  axes: 'CYX|ZYX|TYX',
  channels: 'LIST',
  classFrom: 'RULE',
  convention: 'NAME',
  count: 'N',
  features: 'NETWORK',
  formats: 'LIST',
  drawnOn: 'shown|stored',
  generator: 'KIND',
  groupFrom: 'RULE',
  images: 'FOLDER',
  iterations: 'N',
  kind: 'KIND',
  learningRate: 'X',
  microBatch: 'N',
  minutes: 'N',
  name: 'NAME',
  objects: 'cells|nuclei',
  perClass: 'N',
  port: 'N',
  predictions: 'FILE',
  scale: 'FACTOR',
  seed: 'N',
  split: 'SHARES',
  t: 'N',
  tile: 'PIXELS',
  timeFrom: 'RULE',
  counts: 'N,N',
  data: 'DATASET',
  leaveOut: 'CLASS',
  moreImages: 'N',
  shares: 'LIST',
  sizes: 'LIST',
  synthetic: 'SET',
  wells: 'RULE',
  trust: 'SHA256',
  truth: 'FILE',
  wheel: 'FILE',
  z: 'N'
}

/** `microBatch`, 4 → `--micro-batch 4` */
function optionText(option: RemedyOption, value: OptionValue | undefined): string {
  const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const written = option === 'split' ? String(value).replaceAll(',', '/') : String(value)
  const shown = value === undefined || value === true ? placeholders[option] : shownValue(value, written)
  return shown === undefined ? flag : `${flag} ${shown}`
}

function shownValue(value: OptionValue, written: string): string {
  return Array.isArray(value) ? value.map(quoted).join(' ') : quoted(written)
}

/** As a shell takes it whole. */
function quoted(text: string): string {
  if (/^[\w./:,=+-]+$/.test(text)) return text
  return `"${text.replace(/["\\$`]/g, String.raw`\$&`)}"`
}
