import { armTitles } from '../../shared/arm-titles.ts'
import { type ArmName, type StudyCell, type StudyDesign } from '../../shared/studies.ts'
import { type StudyPart, type StudyPlan } from '../../shared/study-look.ts'
import { count, number, percent, timeLeft } from './common.ts'

export const studyWords = {
  waiting: 'Reading the results …',
  answer: 'Answer',
  noAnswer: 'There is no answer yet: the trainings that it needs are not done.',
  table: 'Table',
  tableHelp: (metric: string) =>
    `${metric} in percent; in parentheses, how much better or worse than real images alone. Below it the 95 % interval of this difference.`,
  tableEmpty: 'No training is done yet.',
  allNumbers: 'All numbers',
  numberTitles: {
    row: 'Learned from',
    column: 'Real images',
    baseline: 'Real only',
    score: 'Score',
    difference: 'Difference',
    interval: '95 % interval',
    p: 'p',
    adjusted: 'p over the table',
    verdict: 'Verdict',
    basis: 'Rests on',
    detectable: 'Could have seen',
    worth: 'Worth',
    repeats: 'Repeats'
  },
  worth: (images: number) => count(Math.round(images * 10) / 10, 'image more', 'images more'),
  learning: 'What each number of real images brings',
  learningHelp: (metric: string) =>
    `Mean ${metric} over all repeats. Bars are the 95 % interval of the difference from real images alone.`,
  learningX: 'annotated real images',
  learningY: (metric: string) => `${metric} in percent`,
  differences: 'Differences from real images alone',
  differencesHelp: (smallest: number) =>
    `Marks are means over paired repeats, lines their 95 % intervals. Inside the gray band, up to ${points(smallest)} points, a difference was said not to matter.`,
  differenceUnit: (metric: string) => `points of ${metric}`,
  pictures: 'Best and worst pictures',
  cells: 'Real cells and synthetic ones',
  board: 'Trainings',
  boardHelp: 'Each mark is one network, trained from its beginning. Rows share everything but what they learn from.',
  generators: 'Generators of their own',
  draw: (draw: number) => `Draw ${draw + 1}`,
  repeats: 'Repeats',
  learnedFrom: 'Learns from',
  start: 'Start the study',
  goOn: 'Go on with the study',
  startNote: 'You can close this page and pause at any time: no finished training is ever lost.',
  frozen: 'Frozen before the first training',
  frozenHelp:
    'None of this can change any more. Another question makes another study, so that nobody can look first and ask afterwards.',
  fingerprint: 'Fingerprint (SHA-256)',
  copyFingerprint: 'Copy the fingerprint',
  files: 'Report and tables',
  filesHelp:
    'The report is one file that opens anywhere without a network, with a methods paragraph and all settings. Tables are for a spreadsheet, drawings for a paper.',
  download: (file: string) => `Save ${file}`,
  showInFolder: (file: string) => `Show ${file} in its folder`,
  elsewhere: {
    title: 'Predictions made elsewhere',
    help: 'What another program, such as Cellpose-SAM or StarDist, predicted for the test images can have a row of its own, held against real images alone. The frozen plan and its answer stay as they are.',
    open: 'Add predictions',
    file: 'A COCO file of all test images, with a score for each cell',
    chosen: 'Chosen:',
    name: 'What made them',
    add: 'Add them to the table',
    another: 'Choose another file',
    cancel: 'Cancel',
    atWork: 'Comparing them with the test images …',
    taken: (name: string) => `“${name}” has a row in the table.`
  },
  bases: { both: 'interval and p', interval: 'interval alone' },
  weaknesses: 'What weakens this answer',
  noInterval: 'no interval',
  verdicts: { helps: 'helps', harms: 'harms', 'cannot-tell': 'cannot tell' },
  signs: { helps: '▲', harms: '▼', 'cannot-tell': '●' },
  partStates: {
    done: 'done',
    running: 'in progress',
    paused: 'paused',
    failed: 'did not work',
    waiting: 'waiting'
  }
}

export const designTitles: Readonly<Record<StudyDesign, string>> = {
  'few-images': 'Few annotated images',
  table2: 'More and more synthetic pictures (the paper’s Table 2)',
  table3: 'Shares of the real images (Table 3)',
  table4: 'Early, middle and late images (Table 4)'
}

/** `12 of 40 trainings done, about 20 minutes left.` */
export function studyProgress(done: number, tasks: number, secondsLeft: number | undefined): string {
  const left = secondsLeft === undefined || done === tasks ? '' : `, ${timeLeft(secondsLeft)}`
  return `${done} of ${count(tasks, 'training')} done${left}.`
}

/** In percent, as the paper prints it. */
export function points(fraction: number): string {
  return (100 * fraction).toFixed(2)
}

/** With its sign, whichever it is. */
export function signedPoints(fraction: number): string {
  const text = points(Math.abs(fraction))
  return `${Number(text) === 0 ? '±' : fraction < 0 ? '−' : '+'}${text}`
}

/** `−0.40 to +1.20`. */
export function intervalText(interval: StudyCell['interval']): string {
  return interval === undefined ? studyWords.noInterval : `${signedPoints(interval[0])} to ${signedPoints(interval[1])}`
}

/** What one training is, for those who do not see where it stands. */
export function partName({ kind, arm, draw, generator, seed }: StudyPart, columns: string): string {
  const what = kind === 'generator' ? 'Generator' : armTitles[arm]
  const which = [
    `draw ${draw + 1}`,
    ...(kind === 'generator' ? [] : [`seed ${seed + 1}`]),
    ...(kind === 'generator' || generator > 0 ? [`generator ${generator + 1}`] : [])
  ]
  return `${what}, ${columns}, ${which.join(', ')}`
}

export function shareText(share: number | undefined): string {
  return share === undefined ? '' : `, ${percent(share)}`
}

type Verdict = NonNullable<StudyCell['verdict']>

export interface Headline {
  readonly text: string
  /** Undefined where comparisons differ. */
  readonly verdict: Verdict | undefined
}

/** What a sceptic would say against an answer, as sentences: what it was planned with, and what its numbers cannot bear. */
export function weaknessesOf(
  { notes, columns }: Pick<StudyPlan, 'notes' | 'columns'>,
  whole: readonly StudyCell[]
): string[] {
  const compared = whole.filter(({ difference }) => difference !== undefined)
  const alone = compared.filter(({ basis }) => basis === 'interval').length
  const once = compared.filter(({ interval }) => interval === undefined).length
  const hasArm = (arm: ArmName) => columns.some(({ arms }) => arms.includes(arm))
  const isBlind = hasArm('synthetic') && !hasArm('synthetic-shuffled-masks')
  const said = [
    ...notes,
    ...(alone === 0
      ? []
      : [
          `${some(alone, compared.length)} ${alone === 1 ? 'rests on its interval' : 'rest on their intervals'} alone: so few independent repeats allow no small p, whatever the effect.`
        ]),
    ...(once === 0
      ? []
      : [
          `${some(once, compared.length)} ${once === 1 ? 'was' : 'were'} done once only, without an interval: effect and chance cannot be told apart.`
        ]),
    ...(isBlind
      ? ['No control that must harm was part of it: nothing shows that it would have seen an effect at all.']
      : [])
  ]
  return [...new Set(said)]
}

function some(few: number, all: number): string {
  if (few < all) return `${few} of ${all} comparisons`
  return all === 1 ? 'The one comparison' : `All ${all} comparisons`
}

/** The answer in a line: of synthetic images where the study has them. */
export function headline(design: StudyDesign, whole: readonly StudyCell[]): Headline | undefined {
  const judged = whole.filter(({ verdict }) => verdict !== undefined)
  const arm = judged.find((cell) => cell.arm === 'synthetic')?.arm ?? judged.at(-1)?.arm
  const own = judged.filter((cell) => cell.arm === arm)
  if (arm === undefined || own.length === 0) return undefined
  const places = (verdict: Verdict) =>
    own.filter((cell) => cell.verdict === verdict).map(({ column }) => placeOf(design, column))
  const groups = (['helps', 'harms', 'cannot-tell'] as const)
    .map((verdict) => ({ verdict, places: places(verdict) }))
    .filter((group) => group.places.length > 0)
  const [only, ...others] = groups
  const what = armTitles[arm]
  if (only !== undefined && others.length === 0) {
    return { verdict: only.verdict, text: `${wordedAlone[only.verdict](what)}.` }
  }
  return {
    verdict: undefined,
    text: `${what}: ${groups.map((group) => wordedIn(group.verdict, group.places)).join('; ')}.`
  }
}

const wordedAlone: Readonly<Record<Verdict, (what: string) => string>> = {
  helps: (what) => `${what}: they help`,
  harms: (what) => `${what}: they harm`,
  'cannot-tell': (what) => `${what}: this study cannot tell whether they help`
}

function wordedIn(verdict: Verdict, places: readonly string[]): string {
  const where = places.length < 2 ? (places[0] ?? '') : `${places.slice(0, -1).join(', ')} and ${places.at(-1) ?? ''}`
  const words = { helps: 'help', harms: 'harm', 'cannot-tell': 'cannot be told from chance' }
  return `${words[verdict]} with ${where}`
}

function placeOf(design: StudyDesign, column: string): string {
  if (design === 'few-images') return column
  return design === 'table2' ? `${column.replace('+ ', '')} of them` : `${column} of the real images`
}

/** What is frozen, as terms and what they mean. */
export function frozenRows(plan: StudyPlan): (readonly [string, string])[] {
  const { counts, repeats, segmentation, generation, given } = plan
  return [
    ['Design', designTitles[plan.design]],
    [
      'Real images',
      `“${plan.dataset.name}”: ${number(counts.train)} to learn from, ${number(counts.validation)} to choose a checkpoint by, ${number(counts.test)} to test with (${count(counts.testCells, 'cell')}); images of one well or frame (${number(counts.wells)} in all) are never parted`
    ],
    ['Learned from', [...new Set(plan.columns.flatMap(({ arms }) => arms))].map((arm) => armTitles[arm]).join('; ')],
    ['Columns', plan.columns.map(({ name }) => name).join('; ')],
    [
      'Repeats',
      [
        count(repeats.draws, 'draw'),
        ...(generation ? [count(repeats.generators, 'generator')] : []),
        count(repeats.seeds, 'seed')
      ].join(' × ')
    ],
    ...(given === undefined ? [] : [['Synthetic pictures', `“${given.name}”: ${given.leaks}`] as const]),
    ...(generation === undefined
      ? []
      : [
          [
            'Generators',
            `trained on each share of the real images alone: ${count(generation.iterations, 'round')}, tiles of ${number(generation.tile)} pixels, ${count(generation.images, 'picture')} each`
          ] as const
        ]),
    [
      'Segmentation network',
      `${count(segmentation.iterations, 'round')} of ${number(segmentation.batch)} crops of ${number(segmentation.crop)} pixels, ${segmentation.width} width`
    ],
    [
      'Score',
      `${plan.metric}, ${plan.convention === 'livecell' ? 'as LIVECell counts it' : 'as COCO counts it'}; ${points(plan.smallestEffect)} points would matter`
    ],
    ['Stopping rule', plan.stoppingRule]
  ]
}
