import { type Task } from '../../shared/tasks.ts'
import { count, duration, number, timeLeft } from './common.ts'

export const liveRunWords = {
  loading: 'Loading …',
  gone: 'This model is not here: it was moved to the trash, or never existed.',
  models: 'All models',
  keep: 'Stop and keep',
  pause: 'Pause',
  resume: 'Go on',
  discard: 'Discard',
  discardTitle: (name: string) => `Discard “${name}”?`,
  discardText: 'The training ends for good, and what it has learned goes to the trash. To go on later, pause instead.',
  discardYes: 'Discard it',
  discardNo: 'Keep it',
  states: {
    waiting: 'Waiting for its turn',
    training: 'Training',
    evaluating: 'Measuring quality',
    saving: 'Saving',
    starting: 'Starting',
    stopping: 'Stopping after this round',
    paused: 'Paused',
    attention: 'Needs attention',
    finished: 'Finished',
    stopped: 'Stopped and kept',
    cancelled: 'Discarded'
  },
  round: (done: number, total: number) => `Round ${number(done)} of ${number(total)}`,
  grid: 'How its pictures change',
  gridRegion: 'Pictures by time',
  gridHelp: 'The same pictures at every moment, drawn from nothing: one row for each kind of cell.',
  kind: 'Kind',
  real: 'Real',
  chosen: 'Chosen moment',
  newest: 'Newest',
  moment: 'Look back in time',
  momentPlace: (position: number, of: number, seconds: number) =>
    `moment ${number(position)} of ${number(of)}, after ${duration(seconds)}`,
  example: 'Another example',
  view: 'Show',
  views: { picture: 'Picture', outline: 'Outlines', mask: 'Mask' },
  viewKey: 'M shows the next view.',
  noPictures: 'The first pictures appear after ten seconds of training.',
  piece: (kind: string, at: string) => `${kind}, ${at}`,
  quality: 'Quality',
  qualityWaiting: 'The first score comes when it has learned for a while. Lower is better.',
  oneScore: (value: string) => `Score ${value}, of fewer pictures than a curve takes. Lower is better.`,
  health: 'How it goes',
  safety: 'What is safe',
  noSafePoint: 'There is no safe point yet: the first comes within minutes.',
  safe: (rounds: number, seconds: number | undefined) =>
    rounds <= 0
      ? 'All of it is safe.'
      : `A power cut now would cost ${count(rounds, 'practice round')}${seconds === undefined ? '' : `, about ${duration(seconds)}`}.`,
  safePoint: (round: number) => `The last safe point is at round ${number(round)}.`,
  events: 'What happened',
  scored: (round: number, value: string, isBest: boolean) =>
    `Round ${number(round)}: score ${value}${isBest ? ', the best so far' : ''}`,
  doneTitle: 'What it has learned',
  best: 'best',
  chooseModel: 'Choose by its pictures which one shall draw: the best score is not always the best picture.',
  name: 'Name',
  rename: 'Rename',
  note: 'Note',
  noteHelp: 'For you and your colleagues: what it is good for, and what not.',
  keepNote: 'Keep the note',
  kept: 'Kept.',
  generate: 'Generate images with it',
  card: 'Model card',
  cardRows: {
    learned: 'Learned from',
    kinds: 'Kinds',
    tile: 'Pictures',
    rounds: 'Practice rounds',
    engine: 'Computed with',
    score: 'Best score'
  },
  pixels: (side: number) => `${number(side)} × ${number(side)} pixels`
}

/** The state of a run in a word. */
export function liveState(task: Task | undefined, runState: string): keyof typeof liveRunWords.states {
  if (task === undefined || task.state === 'done') return ofRun[runState] ?? 'finished'
  if (task.state === 'running') return stages[task.stage ?? ''] ?? 'training'
  return task.state === 'failed' || task.state === 'interrupted' ? 'attention' : task.state
}

const stages: Readonly<Record<string, keyof typeof liveRunWords.states>> = {
  start: 'starting',
  trial: 'starting',
  evaluate: 'evaluating',
  save: 'saving'
}

const ofRun: Readonly<Record<string, keyof typeof liveRunWords.states>> = {
  running: 'training',
  paused: 'paused',
  stopped: 'stopped',
  finished: 'finished',
  failed: 'attention'
}

/** `10 s`, `5 min`, `2 h`: for the head of a column. */
export function clock(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  const hours = seconds / 3600
  return `${hours < 10 ? Number(hours.toFixed(1)) : Math.round(hours)} h`
}

export function leftPhrase(seconds: number | undefined): string {
  return seconds === undefined ? '' : timeLeft(seconds)
}

/** What tells how a training goes. */
export interface HealthFacts {
  readonly realSign: number | undefined
  readonly sinceBest: number
  readonly scores: number
  /** Of the class whose pictures are most alike, by the latest score: 1 where they vary as real ones do. */
  readonly variety: { readonly kind: string; readonly value: number } | undefined
}

/** Below, pictures are as alike as where some are repeated with small changes (docs/decisions/0044). */
const lowVariety = 0.7

/** What to make of the training, in a sentence. */
export function healthSentence({ realSign, sinceBest, scores, variety }: HealthFacts): string {
  if (realSign === undefined) return 'It has just begun: nothing to do.'
  if (variety !== undefined && variety.value < lowVariety) {
    return `The variety of ${variety.kind} is low: its pictures are more alike than real ones (${variety.value.toFixed(2)}, where real ones have 1). If the next score does not change that, stop, and let an earlier model draw; more images help.`
  }
  if (realSign > 0.95) {
    return 'The judge is far ahead of the painter: it may be learning your few images by heart. More images help, or stopping at the best score.'
  }
  if (scores >= 4 && sinceBest >= 3) {
    return `The score has not become better in the last ${count(sinceBest, 'measurement')}: stopping now keeps the best model.`
  }
  return 'It goes as it should: nothing to do.'
}
