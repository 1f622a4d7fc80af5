import { z } from 'zod'
import { type Input } from '../../../shared/api.ts'
import { FormatName, PlaneChoice } from '../../../shared/datasets.ts'
import { BrightnessRule, defaultMaskSettings } from '../../../shared/masks.ts'
import { type Remedy } from '../../../shared/remedies.ts'

export const ImagesAnswers = z
  .object({
    source: z.string(),
    /** Annotation file, or folder of label images, where it is elsewhere. */
    annotations: z.string(),
    format: FormatName,
    planes: PlaneChoice,
    brightness: BrightnessRule,
    objects: z.enum(['cells', 'nuclei']),
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
    channels: z.enum(['gray', 'rgb']),
    /** The pictures of the trial looked right. */
    approved: z.boolean(),
    /** Name of the version. */
    version: z.string()
  })
  .partial()
export type ImagesAnswers = z.infer<typeof ImagesAnswers>

/** What is looked at, and taken in. */
export function sourceOf(answers: ImagesAnswers): Input<'datasets.inspect'> {
  const { source = '', annotations, format, planes, objects, classFrom, timeFrom, groupFrom } = answers
  return { source, ...given({ annotations, format, planes, objects, classFrom, timeFrom, groupFrom }) }
}

/** What is prepared, beside its name. */
export function preparationOf(answers: ImagesAnswers, usualTile: number): Input<'prepared.forecast'> {
  const { dataset = '', maxCover, grayLevels, tile, ...others } = answers
  const { brightness, channels, split, leaveOut, mergeClasses, callClasses, timePoints } = others
  const { maxCover: cover, grayLevels: tones } = defaultMaskSettings
  return {
    dataset,
    mask: { ...defaultMaskSettings, maxCover: maxCover ?? cover, grayLevels: grayLevels ?? tones },
    tile: tile ?? usualTile,
    ...given({ brightness, channels, split, leaveOut, mergeClasses, callClasses, timePoints })
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

/** What a remedy changes in these answers; undefined where it is not for them. */
export function mended(remedy: Remedy): ImagesAnswers | undefined {
  if (remedy.action === 'prepare-again') return preparedAgain(remedy)
  if (remedy.action !== 'set-option') return undefined
  const { option, value } = remedy
  if (option === 'tile' && typeof value === 'number') return { tile: value }
  if (option === 'split' && typeof value === 'string') return { split: sharesIn(value) }
  return undefined
}

function preparedAgain({
  leaveOut,
  mergeClasses,
  split
}: Extract<Remedy, { action: 'prepare-again' }>): ImagesAnswers | undefined {
  const changes = {
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
