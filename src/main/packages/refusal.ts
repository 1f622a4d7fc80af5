import { type AppError } from '../../shared/errors.ts'
import { unfitZip, type Wording } from '../files/zip/policy.ts'

export const refusal: Wording = {
  verdict: 'is not accepted',
  next: 'Nothing was taken from it. Ask its sender for a new copy of the package.'
}

/** A package that is not taken: file, reason and next step in one place. */
export function unfit(file: string, reason: string, cause?: unknown): AppError {
  return unfitZip(file, refusal, reason, cause)
}
