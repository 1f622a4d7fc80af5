import { z } from 'zod'
import { EngineName, EngineRequest } from './runs.ts'

/** What can be listed and looked into one by one. */
const Listed = z.enum(['dataset', 'run'])
const Made = z.enum(['dataset', 'prepared', 'run', 'synthetic'])

/** The choices of a request that can mend what went wrong, called as the requests' fields are. */
export const RemedyOption = z.enum([
  'annotations',
  'anyWeights',
  'axes',
  'channels',
  'classFrom',
  'convention',
  'count',
  'counts',
  'data',
  'drawnOn',
  'features',
  'formats',
  'generator',
  'groupFrom',
  'images',
  'iterations',
  'kind',
  'learningRate',
  'leaveOut',
  'microBatch',
  'minutes',
  'moreImages',
  'name',
  'objects',
  'perClass',
  'port',
  'predictions',
  'scale',
  'seed',
  'shares',
  'sizes',
  'split',
  'synthetic',
  't',
  'tile',
  'timeFrom',
  'trust',
  'truth',
  'wells',
  'wheel',
  'z'
])
export type RemedyOption = z.infer<typeof RemedyOption>

/** A value as it would be written into the request; lists of numbers as text: `1,2,5`. */
const OptionValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])
export type OptionValue = z.infer<typeof OptionValue>

/**
 * What a user can do about a trouble, as data: the terminal words it as a command, the page as a button. A sentence that
 * needs neither stays in `next` of the error.
 */
export const Remedy = z.discriminatedUnion('action', [
  z.object({ action: z.literal('list'), kind: Listed }),
  z.object({ action: z.literal('show'), kind: Listed, name: z.string() }),
  /** Makes the first thing of its kind: imports a data set, prepares one, trains, generates. */
  z.object({ action: z.literal('make'), kind: Made }),
  z.object({ action: z.literal('choose-name') }),
  z.object({ action: z.literal('choose-workspace') }),
  z.object({ action: z.literal('rebuild-catalogue') }),

  z.object({ action: z.literal('choose-engine'), engine: EngineRequest }),
  /** @param again even though it is there, since it is damaged */
  z.object({ action: z.literal('install-engine'), engine: EngineName, again: z.boolean().optional() }),
  z.object({ action: z.literal('install-engine-file') }),
  /** On another computer, into a file that this one can take. */
  z.object({ action: z.literal('archive-engine') }),
  z.object({ action: z.literal('remove-engine'), name: z.string() }),

  z.object({
    action: z.literal('resume-run'),
    run: z.string(),
    engine: EngineName.optional(),
    microBatch: z.int().positive().optional()
  }),
  z.object({ action: z.literal('pause-run'), run: z.string() }),
  /** A new run that begins with the model of this one. */
  z.object({
    action: z.literal('train-from'),
    run: z.string(),
    prepared: z.string().optional(),
    learningRate: z.number().positive().optional()
  }),
  z.object({ action: z.literal('extend-run'), run: z.string() }),

  z.object({ action: z.literal('import-again'), option: RemedyOption.optional(), value: OptionValue.optional() }),
  z.object({
    action: z.literal('prepare-again'),
    dataset: z.string().optional(),
    tile: z.int().positive().optional(),
    leaveOut: z.array(z.string()).optional(),
    mergeClasses: z.boolean().optional(),
    /** Shares as they are written: `0.8,0.1,0.1`. */
    split: z.string().optional()
  }),
  z.object({ action: z.literal('generate-again'), run: z.string().optional() }),

  z.object({ action: z.literal('set-option'), option: RemedyOption, value: OptionValue.optional() }),
  z.object({ action: z.literal('open-package'), file: z.string() }),
  z.object({ action: z.literal('show-storage') }),
  z.object({ action: z.literal('empty-trash') }),
  z.object({ action: z.literal('trash-with'), names: z.array(z.string()).min(1) }),
  z.object({ action: z.literal('restore'), name: z.string() }),
  z.object({ action: z.literal('task-again'), task: z.string() })
])
export type Remedy = z.infer<typeof Remedy>
export type RemedyAction = Remedy['action']
