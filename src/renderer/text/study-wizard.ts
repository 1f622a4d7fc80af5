import { armTitles } from '../../shared/arm-titles.ts'
import { type ArmName, type StudyDesign } from '../../shared/studies.ts'
import { type StudyPlan, type StudyPreview } from '../../shared/study-look.ts'
import { count, fileSize, number } from './common.ts'

type Preset = 'small' | 'full'

export const studyWizardWords = {
  title: 'Does it help?',
  steps: {
    question: 'Question',
    data: 'Images',
    arms: 'Comparisons',
    repeats: 'Repeats',
    cost: 'Time and room',
    summary: 'Start'
  },
  questions: {
    question: 'What do you want to know?',
    data: 'Which images, and which are held out?',
    arms: 'What shall be held against real images alone?',
    repeats: 'How often is each training repeated?',
    cost: 'What does it take, and what could it see?',
    summary: 'Ready to freeze the question'
  },
  why: {
    question:
      'A study trains many networks that find cells, with and without synthetic pictures, and tests all of them with real images that none of them has seen.',
    data: 'An image that is tested with must be known to nobody: not to a network, not to a generator, and not by another image of its well.',
    arms: 'All are trained alike and equally long; only what they learn from differs.',
    repeats: 'One training can be lucky. Repeats tell an effect from chance; without them there is no interval.',
    cost: 'One training of each kind is tried for some moments on this computer.',
    summary: 'After this nothing of it can be changed, so that nobody can look first and ask afterwards.'
  },
  designs: {
    'few-images': {
      title: 'I have few annotated images. Do synthetic pictures help?',
      text: 'Networks learn from a few of your images, with and without synthetic pictures made from just these few. The answer also says how many more annotated images a gain is worth.'
    },
    table3: {
      title: 'I have many. Could I have annotated fewer?',
      text: 'Networks learn from shares of your images, with and without synthetic pictures, for each kind of cell (as Table 3 of the paper).'
    },
    table2: {
      title: 'I have many. Do synthetic pictures help on top?',
      text: 'Networks learn from all of your images, with more and more synthetic pictures beside them (as Table 2 of the paper).'
    },
    table4: {
      title: 'Does it depend on how dense the culture has grown?',
      text: 'As with shares of your images, told apart by early, middle and late time points (as Table 4 of the paper).'
    }
  } satisfies Record<StudyDesign, { readonly title: string; readonly text: string }>,
  presets: {
    legend: 'How thorough?',
    small: {
      title: 'A first look',
      text: 'Small networks, short trainings, few repeats. Mostly under an hour; it rarely tells an effect from chance.'
    },
    full: {
      title: 'An answer',
      text: 'Full trainings, and enough repeats for narrow intervals. Takes a night to many days.'
    }
  },
  amounts: 'How many?',
  lists: {
    sizes: 'Numbers of annotated images',
    shares: 'Percent of the real images',
    counts: 'Numbers of synthetic pictures',
    each: 'Synthetic pictures beside them'
  },
  usual: (value: string) => `Usually ${value}.`,
  /** Where a comma might be meant otherwise. */
  readAs: (values: readonly number[]) => (values.length < 2 ? '' : `Understood as ${listed(values.map(number))}.`),
  wrongList: { counts: 'Whole numbers, with spaces between them.', shares: 'Numbers from above 0 to 100.' },
  noTimes: 'These images have no time points.',
  noData: 'No annotated images are here yet.',
  addData: 'Add images',
  dataset: 'Real images',
  chooseData: 'Choose the real images first.',
  datasetText: (annotated: number, cells: number) => `${count(annotated, 'annotated image')}, ${count(cells, 'cell')}`,
  synthetic: 'Synthetic pictures',
  own: {
    title: 'Made within the study',
    text: 'For every share of the real images a generator of its own, which has seen just these. The honest way, and the longest.'
  },
  given: (images: number) =>
    `${count(images, 'picture')} that you made before, the same for all. Much faster; its model may have seen more than a network’s few images, and the report says so.`,
  wells: 'Which images belong together?',
  wellsHelp:
    'Images of one well, plate or donor look alike: they are never parted between learning and testing. Press the parts of the name that tell where an image is from.',
  wellsUsual: 'As when they were taken in',
  wellsNone: 'Crops of one frame only',
  classes: 'Kinds of cells to use',
  split: 'What is done with each image',
  splitColumns: { part: 'Used to', images: 'Images', wells: 'Wells or frames', cells: 'Cells' },
  parts: { train: 'learn from', validation: 'choose the best state of a network', test: 'test with' },
  looking: 'Your images are being divided …',
  apart: 'Checked: nothing learns from an image that is tested with, nor from its well or frame.',
  arms: {
    real: 'What all others are measured against.',
    synthetic: 'The question itself: pictures made by a generator, with the outlines of their cells.',
    'copy-paste':
      'The cheap rival: real cells cut out and pasted elsewhere. Synthetic pictures are worth their while if they beat it.',
    'synthetic-shuffled-masks':
      'A control that must harm: each picture with the outlines of another. If it does no harm, the study is blind.',
    'real-repeated': 'A control: the same real images again, in the place of synthetic ones. It should change nothing.',
    'classic-doubled': 'Another rival: stronger turning, scaling and brightness of the real images.',
    'synthetic-filtered': 'Only those synthetic pictures whose outlines fit best.',
    'synthetic-literal':
      'Outlines as the paper’s words have it, without the edge where cells touch. Needs generators of its own.',
    'more-real': 'A yardstick: some more annotated images, to say how much annotation a gain is worth.'
  } satisfies Record<ArmName, string>,
  noMoreImages: 'Here all real images are learned from anyway.',
  problem: 'This cannot be planned',
  chooseDesign: 'Choose a question first.',
  seeProblem: 'It cannot go on like this: the reason stands above.',
  short: {
    'few-images': 'Few annotated images',
    table2: 'Synthetic ones on top',
    table3: 'Shares of the images',
    table4: 'Early, middle, late'
  } satisfies Record<StudyDesign, string>,
  armCount: (arms: number) => `${count(arms - 1, 'way', 'ways')} against real only`,
  repeatCount: (repeats: StudyPlan['repeats']) => {
    const times = timesOf(repeats)
    return times === 1 ? 'once each' : `${number(times)} times each`
  },
  now: (repeats: StudyPlan['repeats'] | undefined, name: 'draws' | 'generators' | 'repeats') =>
    repeats === undefined ? '…' : number(name === 'repeats' ? repeats.seeds : repeats[name]),
  chooseArm: 'Tick at least one.',
  noControl: 'Without the control that must harm, nobody can tell whether this study would have seen an effect at all.',
  numbers: {
    draws: {
      label: 'Draws of the real images',
      meaning: 'Which images happen to be the annotated ones is the largest part of chance where they are few.'
    },
    generators: { label: 'Generators for each draw', meaning: 'A generator, too, can be lucky.' },
    repeats: { label: 'Networks for each of them', meaning: 'The same training, begun with other random numbers.' },
    moreImages: { label: 'How many more', meaning: '' }
  },
  noRepeats: 'Where each is done only once, there is no interval, and nothing can be told from chance.',
  smallest: 'The smallest difference that would matter to you',
  smallestHelp: (metric: string) =>
    `In points of ${metric}, usually 1. It is frozen with the question, so that a tiny difference is not sold as a success afterwards.`,
  wrongSmallest: 'A number from above 0 to 100 is needed.',
  wrongNumber: 'A whole number above 0 is needed, and not a very large one.',
  trainings: (networks: number, generators: number) =>
    `${count(networks, 'network')} to train${generators === 0 ? '' : `, and ${count(generators, 'generator')} to make their pictures`}.`,
  trying: 'Trying one training of each kind on this computer …',
  notTried: 'The time is not known yet: it could not be tried.',
  tryAgain: 'Try again',
  ends: (date: string) => `Ends ${date}`,
  ifNow:
    'If it starts now and the computer does nothing else; you can pause at any time, and no finished training is ever lost.',
  disk: (needed: number, free: number | undefined) =>
    `About ${fileSize(needed)} on the disk${free === undefined ? '' : `, where ${fileSize(free)} is free`}.`,
  pilot: 'What could it see?',
  pilotHelp:
    'An earlier study of similar images tells how much chance there is in such trainings, and so which differences a plan could find in four of five studies.',
  pilotLabel: 'Tell by',
  pilotNone: 'no earlier study',
  noPilot:
    'Nobody can tell before a first study of similar images is done: it shows how much chance there is in such trainings. A first look is a good one to begin with.',
  findableColumns: { repeats: 'Repeats', effect: 'Difference that it finds', matters: 'What would matter to you' },
  findsIt: 'is found',
  missesIt: 'is missed',
  repeatsBringLittle: 'More repeats would hardly change that: here it takes more images to test with.',
  sightLoading: 'Simulating studies …',
  sightNone: 'This study has too few repeats to tell by.',
  name: 'Name of the study',
  question: 'The question, in your words',
  asked: 'It is frozen as it stands here, with all below.',
  allFrozen: 'All that is frozen',
  start: 'Freeze and start',
  startNote: 'Next, you watch the trainings. You can close this page; it goes on as long as CytoLoom runs.',
  shown: { test: 'Tested with, held out until then', train: 'Learned from', all: 'Your images' }
}

const usualLists = {
  sizes: { small: '2 and 5', full: '1, 2, 5, 10 and 20' },
  shares: { small: '50 and 100', full: '25, 50, 75 and 100' },
  counts: {
    small: 'half as many as real ones (of 64 at most), as many, and twice as many',
    full: '1600, 3200 and 6400'
  },
  each: { small: 'twice as many as real ones, 64 at most', full: '3200' },
  eachOfFew: { small: '32', full: '200' }
}

/** What stands for an empty list. */
export function usualList(name: 'sizes' | 'shares' | 'counts' | 'each', design: StudyDesign, preset: Preset): string {
  return usualLists[name === 'each' && design === 'few-images' ? 'eachOfFew' : name][preset]
}

/** What will be done, as sentences. */
export function studySentences({ plan, outlook }: StudyPreview): string[] {
  const { counts, repeats, columns, metric, smallestEffect } = plan
  const others = armsIn(plan).filter((arm) => arm !== 'real')
  const times = [
    ...(repeats.draws > 1 ? [count(repeats.draws, 'draw')] : []),
    ...(plan.generation && repeats.generators > 1 ? [count(repeats.generators, 'generator')] : []),
    ...(repeats.seeds > 1 ? [count(repeats.seeds, 'network')] : [])
  ]
  return [
    `Networks learn from “${plan.dataset.name}”: ${listed(columns.map(({ name }) => lowered(name)))}. ${listed(others.map((arm, i) => (i === 0 ? armTitles[arm] : lowered(armTitles[arm]))))} ${others.length === 1 ? 'is' : 'are'} held against real images alone.`,
    `${times.length === 0 ? 'Each is done once' : `Each is repeated: ${times.join(' × ')}`}. ${studyWizardWords.trainings(outlook.trainings, outlook.generators)}`,
    `They are tested with ${count(counts.test, 'image')} (${count(counts.testCells, 'cell')}) that nothing has learned from, by ${metric}. A difference of ${pointsText(smallestEffect)} would matter.`
  ]
}

/** How often each training is done. */
export function timesOf({ draws, generators, seeds }: StudyPlan['repeats']): number {
  return draws * generators * seeds
}

/** `1 point`, `0.5 points`. */
export function pointsText(fraction: number): string {
  const points = Math.round(1000 * fraction) / 10
  return `${points} ${points === 1 ? 'point' : 'points'}`
}

export function armsIn({ columns }: StudyPlan): ArmName[] {
  return [...new Set(columns.flatMap(({ arms }) => arms))]
}

function lowered(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** What one part of the images comes to. */
export function partCounts(images: StudyPreview['images'], part: StudyPreview['images'][number]['split']) {
  const own = images.filter(({ split }) => split === part)
  return {
    images: number(own.length),
    wells: number(new Set(own.map(({ well }) => well)).size),
    cells: number(own.reduce((sum, { cells }) => sum + cells, 0))
  }
}
