import { z } from 'zod'
import { type Input } from '../../../shared/api.ts'
import { DrawnOn, FormatName, PlaneChoice } from '../../../shared/datasets.ts'
import { BrightnessRule, defaultMaskSettings } from '../../../shared/masks.ts'
import { type Remedy } from '../../../shared/remedies.ts'
import { type Choice, planeChoices } from '../../../shared/task-requests.ts'
import { knownAnswers } from '../known-answers.ts'
import { type Query } from '../step.ts'
import { understood } from '../understood.ts'

export const ImagesAnswers = z
  .object({
    source: z.string(),
    /** Annotation file, or folder of label images, where it is elsewhere. */
    annotations: z.string(),
    /** Folder of the pictures, where it is elsewhere. */
    images: z.string(),
    format: FormatName,
    planes: PlaneChoice,
    brightness: BrightnessRule,
    objects: z.enum(['cells', 'nuclei']),
    drawnOn: DrawnOn,
    classFrom: z.string(),
    timeFrom: z.string(),
    groupFrom: z.string(),
    /** Of the data set. */
    name: z.string(),
    /** Tasks that were begun, by their ids, and what each was begun with. */
    look: z.string(),
    lookedFor: z.string(),
    take: z.string(),
    make: z.string(),
    dataset: z.string(),
    leaveOut: z.array(z.string()),
    mergeClasses: z.boolean(),
    callClasses: z.record(z.string(), z.string()),
    timePoints: z.array(z.object({ class: z.string(), hour: z.number(), countsAs: z.number().optional() })),
    split: z.tuple([z.number(), z.number(), z.number()]),
    maxCover: z.number(),
    grayLevels: z.int(),
    tile: z.int(),
    scale: z.number(),
    channels: z.enum(['gray', 'rgb']),
    /** The pictures of the trial looked right. */
    approved: z.boolean(),
    /** Name of the version. */
    version: z.string()
  })
  .partial()
export type ImagesAnswers = z.infer<typeof ImagesAnswers>

/** What the address says: a data set that is there already, with how it was prepared before, or where the images are. */
export function givenAnswers({ dataset, source, before = '' }: Query): ImagesAnswers {
  if (dataset !== undefined) return { ...answersBefore(parsed(before)), dataset }
  return source === undefined ? {} : { source }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is asked of a preparation, beside its name. */
const Preparation = ImagesAnswers.pick({
  dataset: true,
  maxCover: true,
  grayLevels: true,
  tile: true,
  scale: true,
  channels: true,
  brightness: true,
  split: true,
  leaveOut: true,
  mergeClasses: true,
  callClasses: true,
  timePoints: true
})

/** The answers that a preparation was asked with, or that a version shows. */
export function answersBefore(prepared: unknown): ImagesAnswers {
  const { mask = {}, ...others } = z
    .looseObject({ mask: z.record(z.string(), z.unknown()).optional() })
    .catch({})
    .parse(prepared)
  return knownAnswers(Preparation, { ...mask, ...others })
}

/** What is looked at, and taken in. */
export function sourceOf(answers: ImagesAnswers): Input<'datasets.inspect'> {
  const { source = '', annotations, images, format, planes, objects, drawnOn, classFrom, timeFrom, groupFrom } = answers
  return {
    source,
    ...given({ annotations, images, format, planes, objects, drawnOn, classFrom, timeFrom, groupFrom })
  }
}

/** What is prepared, beside its name. */
export function preparationOf(answers: ImagesAnswers, usualTile: number): Input<'prepared.forecast'> {
  const { dataset = '', maxCover, grayLevels, tile, ...others } = answers
  const { brightness, channels, scale, split, leaveOut, mergeClasses, callClasses, timePoints } = others
  const { maxCover: cover, grayLevels: tones } = defaultMaskSettings
  return {
    dataset,
    mask: { ...defaultMaskSettings, maxCover: maxCover ?? cover, grayLevels: grayLevels ?? tones },
    tile: tile ?? usualTile,
    ...given({ brightness, channels, scale, split, leaveOut, mergeClasses, callClasses, timePoints })
  }
}

type Given<Choices> = { [Key in keyof Choices]?: Exclude<Choices[Key], undefined> }

/** Without what was not answered, or taken back. */
function given<Choices extends object>(choices: Choices): Given<Choices> {
  const isGiven = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== false
  // Keys are left out, none is changed: that is what the type says.
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => isGiven(value))) as Given<Choices>
}

/** The largest tile up to 256 pixels that the usual image holds. */
export function usualTile(sides: readonly number[]): number {
  const sorted = [...sides].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 256
  return Math.max(8, Math.min(256, 2 ** Math.floor(Math.log2(Math.max(1, middle)))))
}

/** What this wizard asks and a remedy can have asked anew: of files, and of what is prepared. */
const asked = {
  files: ['annotations', 'images', 'objects', 'drawnOn', 'classFrom', 'timeFrom', 'groupFrom'],
  preparation: ['tile', 'scale', 'split', 'leaveOut']
} as const satisfies Readonly<Record<string, readonly (Choice & keyof ImagesAnswers)[]>>

/** Whether another answer to a choice is for this wizard, as long as nothing was taken in, or afterwards. */
export function isAsked(choice: Choice, { dataset }: ImagesAnswers): boolean {
  if (choice === 'name') return true
  const choices: readonly Choice[] = dataset === undefined ? [...asked.files, ...planeChoices] : asked.preparation
  return choices.includes(choice)
}

/** What was answered to a choice before. */
export function answeredTo(choice: Choice, answers: ImagesAnswers): unknown {
  const { planes = {}, dataset, name, version } = answers
  if (choice === 'name') return dataset === undefined ? name : version
  const given: Readonly<Record<string, unknown>> = dataset === undefined ? { ...answers, ...planes } : answers
  return given[choice]
}

/** The answers that another answer to a choice changes. */
export function changesBy(choice: Choice, answer: unknown, { dataset, planes }: ImagesAnswers): ImagesAnswers {
  const isTaken = dataset !== undefined
  const changes: Record<string, unknown> =
    choice === 'name'
      ? { [isTaken ? 'version' : 'name']: answer }
      : !isTaken && planeChoices.has(choice)
        ? { planes: { ...planes, [choice]: answer } }
        : { [choice]: answer }
  return understood(ImagesAnswers, changes)
}

/** What preparing again otherwise changes in these answers; undefined where that is nothing. */
export function preparedAgain(remedy: Remedy): ImagesAnswers | undefined {
  if (remedy.action !== 'prepare-again') return undefined
  const { tile, leaveOut, mergeClasses, split } = remedy
  const changes = {
    ...(tile !== undefined && { tile }),
    ...(leaveOut !== undefined && { leaveOut: [...leaveOut] }),
    ...(mergeClasses !== undefined && { mergeClasses }),
    ...(split !== undefined && { split: sharesIn(split) })
  }
  return Object.keys(changes).length === 0 ? undefined : changes
}

function sharesIn(text: string): [number, number, number] {
  const [train = 0.8, validation = 0.1, test = 0.1] = text.split(',').map(Number)
  return [train, validation, test]
}

/** `plate 3` of `/data/plate 3.zip`. */
export function stemOf(path: string): string {
  const last = path.trim().split(/[/\\]/).filter(Boolean).at(-1) ?? ''
  return last.replace(/\.(?:zip|json|npz|tiff?|png|jpe?g)$/i, '')
}
