import { z } from 'zod'
import { thingId } from './things.ts'

/** What is asked step by step. */
export const Wizard = z.enum(['images', 'train', 'generate', 'share', 'study'])
export type Wizard = z.infer<typeof Wizard>

export const DraftId = thingId.brand('DraftId')
export type DraftId = z.infer<typeof DraftId>

/** Answers of a wizard that did not come to its end yet. Only its own steps know what they mean. */
export const Answers = z.record(z.string().max(60), z.unknown())
export type Answers = z.infer<typeof Answers>

export const Draft = z.object({
  id: DraftId,
  wizard: Wizard,
  /** What it is about, as people call it; empty while nothing was named. */
  title: z.string().max(200),
  /** The step that was open last. */
  step: z.string().max(60),
  answers: Answers,
  created: z.string(),
  changed: z.string()
})
export type Draft = z.infer<typeof Draft>

export const SaveDraft = Draft.pick({ wizard: true, title: true, step: true, answers: true }).extend({
  /** Absent where the program is to choose one; a page that chose one knows its address before the first answer. */
  id: DraftId.optional()
})
