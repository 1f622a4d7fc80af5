import { type Remedy, type RemedyAction } from '../../shared/remedies.ts'
import { type Choice, choiceOf, placeOf } from '../../shared/task-requests.ts'
import { type Task } from '../../shared/tasks.ts'
import { engineTitles } from './settings.ts'

interface Words {
  /** On the button, where this page can do it. */
  readonly button: string
  /** Where it cannot: what to do, without a command. */
  readonly sentence: string
}

/**
 * A remedy as the page words it.
 *
 * @param task that failed, and is done again with another answer
 */
export function remedyWords(remedy: Remedy, task?: Pick<Task, 'kind' | 'input'>): Words {
  // The table pairs each action with its own remedy; a looked-up entry loses that pairing for the compiler.
  const [button, sentence] = (wordings[remedy.action] as (remedy: Remedy) => Wording)(remedy)
  const words = { button, sentence: sentence ?? `${button}.` }
  const choice = task && choiceOf(remedy)
  if (task === undefined || choice === undefined) return words
  if (placeOf(choice, task) !== undefined) return { ...words, button: `${button}, and try again` }
  return choice === 'engine' ? { ...words, button: 'See which compute engine is used instead' } : words
}

/** A button's label, and the sentence instead of it where that is more than the label with a full stop. */
type Wording = readonly [button: string, sentence?: string]
type Wordings = { readonly [A in RemedyAction]: (remedy: Extract<Remedy, { action: A }>) => Wording }

const wordings: Wordings = {
  list: ({ kind }) => [`Show all ${plurals[kind]}`, `The start page lists all ${plurals[kind]}.`],
  show: ({ name }) => [`Show “${name}”`, `Look at “${name}”.`],
  make: ({ kind }) => [making[kind]],
  'choose-name': () => ['Choose another name'],
  'choose-workspace': () => ['Choose another workspace folder', 'Start CytoLoom with another workspace folder.'],
  'rebuild-catalogue': () => ['Rebuild the catalogue from the folders'],

  'choose-engine': ({ engine }) =>
    engine === 'auto'
      ? ['Let CytoLoom choose the engine', 'Let CytoLoom choose the compute engine.']
      : [`Use “${engineTitles[engine]}”`, `Choose another compute engine: ${engineTitles[engine]}.`],
  'install-engine': ({ engine, again }) => {
    const pack = packs[engine] ?? 'acceleration pack'
    return again === true ? [`Download the ${pack} again`] : [`Get the ${pack}`, `Settings can download the ${pack}.`]
  },
  'install-engine-file': () => ['Install a pack from a file', 'Without internet, Settings can install it from a file.'],
  'archive-engine': () => ['Make a pack for another computer', 'Have the pack made on a computer like this one.'],
  'remove-engine': ({ name }) => [`Remove the pack ${name}`, `Remove the pack ${name} in Settings first.`],

  'resume-run': ({ run, engine, microBatch }) => {
    const other = engine === undefined ? '' : ` with “${engineTitles[engine]}”`
    const less = microBatch === undefined ? '' : `, computing ${microBatch} at a time`
    return [`Resume${other}${less}`, `Resume “${run}”${other}${less}.`]
  },
  'pause-run': ({ run }) => [`Pause “${run}”`],
  'train-from': ({ run, learningRate }) => [
    `Train a new model from “${run}”${learningRate === undefined ? '' : ` with a learning rate of ${learningRate}`}`
  ],
  'extend-run': ({ run }) => [`Train “${run}” further`],

  'import-again': () => ['Import the images again'],
  'prepare-again': ({ tile, leaveOut = [], mergeClasses = false, split }) => [
    [
      'Prepare the images again',
      ...(tile === undefined ? [] : [`with tiles of ${tile} pixels`]),
      ...(leaveOut.length === 0 ? [] : [`without ${leaveOut.join(', ')}`]),
      ...(mergeClasses ? ['as one class'] : []),
      ...(split === undefined ? [] : [`divided anew: ${partsOf(split)}`])
    ].join(' ')
  ],
  'generate-again': () => ['Generate the set again'],

  'set-option': ({ option, value }) => {
    const label = optionLabels[option]
    if (option === 'split' && typeof value === 'string') return [dividedBy(value), `${dividedBy(value)}.`]
    if (option === 'leaveOut' && Array.isArray(value)) return [`Leave out ${value.join(' and ')}`]
    return value === undefined || typeof value === 'boolean'
      ? [`Change “${label}”`]
      : [`Set “${label}” to ${String(value)}`, `Set “${label}” to ${String(value)}.`]
  },
  'open-package': () => ['Open the package', 'Open it as a package.'],
  'show-storage': () => ['See what takes the space'],
  'empty-trash': () => ['Empty the trash'],
  'trash-with': ({ names }) => [`Move ${names.map((name) => `“${name}”`).join(', ')} to the trash together`],
  restore: ({ name }) => [`Restore “${name}” from the trash`],
  'task-again': () => ['Start again', 'Start it again.']
}

/** @param shares as in `0.8,0.1,0.1` */
function dividedBy(shares: string): string {
  return `Divide them anew: ${partsOf(shares)}`
}

function partsOf(shares: string): string {
  const [training = '', validation = '', test = ''] = shares.split(',').map((share) => `${100 * Number(share)} %`)
  return `${training} for training, ${validation} for validation, ${test} for testing`
}

const plurals = { dataset: 'image sets', run: 'models' }
const making = {
  dataset: 'Import images',
  prepared: 'Prepare images for training',
  run: 'Train a model',
  synthetic: 'Generate images'
}
const packs: Readonly<Record<string, string>> = {
  'native-cpu': 'processor pack',
  'native-gpu': 'graphics card pack'
}

/** What the choices of requests are called on screens. */
const optionLabels: Readonly<Record<Choice, string>> = {
  engine: 'Compute engine',
  counts: 'Numbers of synthetic images',
  data: 'Real images',
  leaveOut: 'Classes to leave out',
  moreImages: 'More real images',
  shares: 'Shares of the real images',
  sizes: 'Numbers of annotated images',
  synthetic: 'Synthetic images',
  wells: 'Rule for wells',
  annotations: 'Annotation file',
  anyWeights: 'Allow other weights',
  axes: 'What the pages of a stack are',
  channels: 'Channels',
  classFrom: 'Where the class comes from',
  convention: 'Scoring convention',
  count: 'Number of images',
  features: 'Feature network',
  formats: 'Formats',
  drawnOn: 'What cells are drawn on',
  generator: 'Generator',
  groupFrom: 'What tells wells, plates or donors',
  images: 'Folder of images',
  iterations: 'Iterations',
  kind: 'Kind of thing',
  learningRate: 'Learning rate',
  microBatch: 'Samples at a time',
  minutes: 'Minutes',
  name: 'Name',
  objects: 'Cells or nuclei',
  perClass: 'Images per class',
  port: 'Port',
  predictions: 'Predictions file',
  scale: 'Scale',
  seed: 'Seed',
  split: 'Shares for training, validation and test',
  t: 'Time point',
  tile: 'Tile size',
  timeFrom: 'Where the time comes from',
  trust: 'Trusted files',
  truth: 'File of true cells',
  wheel: 'TensorFlow wheel',
  z: 'Depth'
}

interface QuestionWords {
  readonly title: string
  readonly label: string
  /** How it is written. */
  readonly note: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
}

/** One answer, asked for anew. */
export function questionWords(choice: Choice): QuestionWords {
  const label = optionLabels[choice]
  const choices = choicesOf[choice]
  return {
    title: titles[choice] ?? `Change “${label}”`,
    label,
    note: notes[choice] ?? '',
    ...(choices && { choices: Object.entries(choices).map(([value, label]) => ({ value, label })) })
  }
}
questionWords.yes = 'Go on with it'
questionWords.no = 'Leave it'

const titles: Readonly<Partial<Record<Choice, string>>> = {
  name: 'Choose another name',
  iterations: 'How long shall it learn?'
}

const choicesOf: Readonly<Partial<Record<Choice, Readonly<Record<string, string>>>>> = {
  axes: { CYX: 'Channels', ZYX: 'Depths', TYX: 'Times' },
  drawnOn: { shown: 'The pictures as they are shown', stored: 'The pictures as they are stored' },
  objects: { cells: 'Cells', nuclei: 'Nuclei' }
}

const rule = 'A pattern with brackets around what tells it, after “filename:”; or “none”.'
const path = 'Its path on this computer.'
const notes: Readonly<Partial<Record<Choice, string>>> = {
  annotations: path,
  channels: '“2” takes one as gray, “3,1,2” takes three as red, green and blue, “-,1,2” leaves red empty.',
  classFrom: 'One of “folder”, “category” and “none”; or a pattern with brackets around the class, after “filename:”.',
  groupFrom: rule,
  images: path,
  iterations: 'In all, with those that it has learned for already.',
  learningRate: 'Half of what it was is a good next try.',
  predictions: path,
  tile: 'Side in pixels.',
  timeFrom: rule,
  truth: path,
  wells: rule
}
