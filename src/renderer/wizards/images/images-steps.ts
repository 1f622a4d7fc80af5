import { count } from '../../text/common.ts'
import { imagesWords } from '../../text/images.ts'
import { wizardWords } from '../../text/wizards.ts'
import { nameProblem } from '../name-problem.ts'
import { type WizardStep } from '../step.ts'
import { stemOf } from './images-answers.ts'
import { type ImagesFlow, type ImageStep, imageSteps } from './images-flow.svelte.ts'

interface Named {
  readonly name: string
}

/** What stands at the left. */
export function stepList(
  flow: ImagesFlow,
  names: { readonly setName: string; readonly version: string }
): WizardStep[] {
  return imageSteps.map((key) => ({
    key,
    title: imagesWords.steps[key],
    answer: answerOf(key, flow, names),
    isOpen: isOpen(key, flow)
  }))
}

/** What was taken in stays as it is: another source is another wizard. */
function isOpen(key: ImageStep, { answers, report, step }: ImagesFlow): boolean {
  const isTaken = answers.dataset !== undefined
  if (key === 'source') return !isTaken
  if (key === 'found') return !isTaken && answers.source !== undefined
  if (key === 'take') return !isTaken && report !== undefined
  return isTaken && imageSteps.indexOf(key) <= imageSteps.indexOf(step) + 1
}

function answerOf(key: ImageStep, flow: ImagesFlow, names: { readonly setName: string }): string | undefined {
  if (imageSteps.indexOf(key) >= imageSteps.indexOf(flow.step)) return undefined
  return answered[key](flow, names.setName)
}

const answered: Readonly<Record<ImageStep, (flow: ImagesFlow, setName: string) => string | undefined>> = {
  source: ({ answers }) => stemOf(answers.source ?? ''),
  found: ({ report }) => report && count(report.totals.usable, 'image'),
  take: (_, setName) => setName,
  classes: ({ forecast }) => forecast.value?.classes.map(({ name }) => name).join(', '),
  masks: ({ preparation }) => preparation.mask && count(preparation.mask.grayLevels, 'tone'),
  tile: ({ preparation: { tile } }) => (tile === undefined ? undefined : imagesWords.tile.pixels(tile)),
  check: () => undefined
}

interface Names {
  readonly setName: string
  readonly version: string
  readonly datasets: readonly Named[]
  readonly prepared: readonly Named[]
}

interface Next {
  readonly label: string
  readonly note: string
  readonly blocked?: string | undefined
}

/** The button that goes on: what follows, or why not yet. */
export function nextOf(flow: ImagesFlow, names: Names): Next {
  const { next } = imagesWords
  switch (flow.step) {
    case 'source':
      return { label: next.source, note: next.sourceNote, blocked: flow.answers.source ? undefined : imagesWords.none }
    case 'found':
      return { label: wizardWords.next, note: next.foundNote, blocked: foundBlock(flow) }
    case 'take':
      return takeNext(flow, names)
    case 'classes':
      return { label: wizardWords.next, note: next.classesNote, blocked: troubleOf(flow) }
    case 'masks':
      return { label: wizardWords.next, note: next.masksNote, blocked: troubleOf(flow) }
    case 'tile':
      return { label: wizardWords.next, note: next.tileNote, blocked: troubleOf(flow) }
    case 'check':
      return checkNext(flow, names)
  }
}

function foundBlock({ report, look }: ImagesFlow): string | undefined {
  if (look.hasFailed) return imagesWords.lookFailed
  if (report === undefined) return imagesWords.looking
  if (report.totals.usable === 0) return imagesWords.nothingUsable
  return report.totals.annotated === 0 ? imagesWords.unannotated : undefined
}

function takeNext({ answers, report, take }: ImagesFlow, { setName, datasets }: Names): Next {
  const { next } = imagesWords
  if (answers.dataset !== undefined) return { label: wizardWords.next, note: '' }
  const label = take.hasFailed ? next.takeAgain : next.take
  return { label, note: next.takeNote(report?.totals.usable ?? 0), blocked: nameProblem(setName, datasets) }
}

/** The trouble itself stands in the step of the classes, with its cure. */
function troubleOf({ forecast }: ImagesFlow): string | undefined {
  if (forecast.value === undefined) return wizardWords.loading
  return forecast.value.troubles.length > 0 ? imagesWords.classes.trouble : undefined
}

function checkNext(flow: ImagesFlow, { version, prepared }: Names): Next {
  const { next, check } = imagesWords
  if (flow.prepared) return { label: next.done, note: '' }
  const images = flow.forecast.value?.classes.reduce((sum, row) => sum + row.images, 0) ?? 0
  const approval = flow.answers.approved === true ? undefined : check.approveFirst
  const blocked = troubleOf(flow) ?? approval ?? nameProblem(version, prepared)
  return { label: next.create, note: next.createNote(images), blocked }
}
