import { count } from '../../text/common.ts'
import { imagesWords } from '../../text/images.ts'
import { wizardWords } from '../../text/wizards.ts'
import { stemOf } from './images-answers.ts'
import { type ImagesFlow, type ImageStep, imageSteps } from './images-flow.svelte.ts'

type Of<Value> = Readonly<Record<ImageStep, Value>>

/** What was taken in stays as it is: another source is another wizard. */
export function isOpen(key: ImageStep, { answers, report, step }: ImagesFlow): boolean {
  const isTaken = answers.dataset !== undefined
  if (key === 'source') return !isTaken
  if (key === 'found') return !isTaken && answers.source !== undefined
  if (key === 'take') return !isTaken && report !== undefined
  return isTaken && imageSteps.indexOf(key) <= imageSteps.indexOf(step) + 1
}

/** What stands at the left. */
export function answersOf(flow: ImagesFlow, setName: string): Of<string | undefined> {
  const { answers, report, forecast, preparation } = flow
  return {
    source: stemOf(answers.source ?? ''),
    found: report && count(report.totals.usable, 'image'),
    take: setName,
    classes: forecast.value?.classes.map(({ name }) => name).join(', '),
    masks: preparation.mask && count(preparation.mask.grayLevels, 'tone'),
    tile: preparation.tile === undefined ? undefined : imagesWords.tile.pixels(preparation.tile),
    check: undefined
  }
}

/** What the button that goes on says, and what follows. */
export function nextOf({
  answers,
  report,
  take,
  forecast
}: ImagesFlow): Partial<Of<{ label?: string; note?: string }>> {
  const { next } = imagesWords
  const images = forecast.value?.classes.reduce((sum, row) => sum + row.images, 0) ?? 0
  const taking = { label: take.hasFailed ? next.takeAgain : next.take, note: next.takeNote(report?.totals.usable ?? 0) }
  return {
    source: { label: next.source, note: next.sourceNote },
    found: { note: next.foundNote },
    ...(answers.dataset === undefined && { take: taking }),
    classes: { note: next.classesNote },
    masks: { note: next.masksNote },
    tile: { note: next.tileNote },
    check: { label: next.create, note: next.createNote(images) }
  }
}

/** Why a step is not answered yet. @param wrong what is wrong with a name */
export function blocksOf(
  flow: ImagesFlow,
  wrong: { readonly set: () => string | undefined; readonly version: () => string | undefined }
): Of<() => string | undefined> {
  const { check, none } = imagesWords
  const trouble = () => troubleOf(flow)
  return {
    source: () => (flow.answers.source ? undefined : none),
    found: () => foundBlock(flow),
    take: () => (flow.answers.dataset === undefined ? wrong.set() : undefined),
    classes: trouble,
    masks: trouble,
    tile: trouble,
    check: () => trouble() ?? (flow.answers.approved === true ? wrong.version() : check.approveFirst)
  }
}

function foundBlock({ report, look }: ImagesFlow): string | undefined {
  if (look.hasFailed) return imagesWords.lookFailed
  if (report === undefined) return imagesWords.looking
  if (report.totals.usable === 0) return imagesWords.nothingUsable
  return report.totals.annotated === 0 ? imagesWords.unannotated : undefined
}

/** The trouble itself stands in the step of the classes, with its cure. */
function troubleOf({ forecast }: ImagesFlow): string | undefined {
  if (forecast.value === undefined) return wizardWords.loading
  return forecast.value.troubles.length > 0 ? imagesWords.classes.trouble : undefined
}
