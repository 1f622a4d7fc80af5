import { type AppError, refuse } from '../../shared/errors.ts'

/** A package that is not taken: file, reason and next step in one place. */
export function unfit(file: string, reason: string, cause?: unknown): AppError {
  return refuse(`${file} is not accepted: ${reason}.`, {
    file,
    next: 'Nothing was taken from it. Ask its sender for a new copy of the package.',
    cause
  })
}
