import { type z } from 'zod'
import { type Answers } from '../../shared/drafts.ts'

/** Those answers that this version understands; what is damaged counts as not answered. */
export function knownAnswers<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  answers: Answers
): z.infer<z.ZodObject<Shape>> {
  const shape: z.ZodRawShape = schema.shape
  const known = Object.entries(answers).filter(([key, value]) => {
    const field = shape[key]
    return field !== undefined && '_zod' in field && (field as z.ZodType).safeParse(value).success // of zod, as all are here
  })
  return schema.parse(Object.fromEntries(known))
}
