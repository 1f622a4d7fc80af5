import { type z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { wizardWords } from '../text/wizards.ts'

/** @throws AppError 'usage' for an answer that cannot be meant so */
export function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const { data, success } = schema.safeParse(answer)
  if (success) return data
  throw new AppError('usage', wizardWords.misunderstood)
}
