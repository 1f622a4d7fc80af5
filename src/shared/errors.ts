import { z } from 'zod'
import { Remedy } from './remedies.ts'
import { explainSystem } from './system-errors.ts'

/** What went wrong, as far as the user's next move depends on it. Each kind has its exit status (docs/commands). */
export const ErrorKind = z.enum(['defect', 'usage', 'input', 'stopped', 'resources'])
export type ErrorKind = z.infer<typeof ErrorKind>

/** An error as it crosses a process border, where a thrown one loses its class. */
export const WireError = z.object({
  kind: ErrorKind,
  message: z.string(),
  file: z.string().optional(),
  next: z.string().optional(),
  remedies: z.array(Remedy).readonly().optional(),
  /** What a library or the system said: for a report to us, not for a screen. */
  details: z.string().optional()
})
export type WireError = z.infer<typeof WireError>

export interface ErrorDetails {
  /** The file the sentence is about. */
  readonly file?: string | undefined
  /** What the user can do now, as a sentence that names no command: those are remedies. */
  readonly next?: string | undefined
  /** What the program can do about it when told so; each host words them in its own way. */
  readonly remedies?: readonly Remedy[] | undefined
  /** Where the cause is not at hand: what it said. */
  readonly details?: string | undefined
  readonly cause?: unknown
}

/** Something that a user can cause or mend: its message is a sentence that can be shown. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly file: string | undefined
  readonly next: string | undefined
  readonly remedies: readonly Remedy[]
  readonly details: string | undefined

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'AppError'
    this.kind = kind
    this.file = details.file
    this.next = details.next
    this.remedies = details.remedies ?? []
    this.details = details.details ?? said(details.cause)
  }
}

/** A file or value that the user can mend. */
export function refuse(message: string, details: ErrorDetails = {}): AppError {
  return new AppError('input', message, details)
}

/** A refusal that does not say where, with the name of the file that was being worked on. */
export function naming(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.kind !== 'input' || thrown.file !== undefined) return thrown
  const { message, next, remedies, details } = thrown
  return refuse(`${file}: ${message}`, { file, next, remedies, details, cause: thrown })
}

/** Why something cannot be read, in words of ours that end a sentence: whoever knows the file says the rest. */
export class Reason extends Error {}

/** A reason of ours as it stands; for what a library says, words that stand in its place. */
export function reasonOf(cause: unknown, otherwise: string): string {
  return cause instanceof Reason ? cause.message : otherwise
}

/** States what only a defect of ours can break. */
export function invariant(condition: unknown, fact: string): asserts condition {
  if (!condition) throw new Error(`This should always hold: ${fact}`)
}

/** An error as data. What no one foresaw is a defect; what a library said about it goes into the details. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof AppError) return written(thrown)
  const details = said(thrown) ?? String(thrown)
  const explained = explainSystem(thrown)
  return explained
    ? { ...explained, details }
    : {
        kind: 'defect',
        message: 'Something went wrong inside CytoLoom.',
        next: 'Try again. If it happens again, please report it with the details.',
        details
      }
}

function said(cause: unknown): string | undefined {
  if (cause instanceof AppError) return cause.details
  return cause instanceof Error ? cause.message : undefined
}

function written({ kind, message, file, next, remedies, details }: AppError): WireError {
  return {
    kind,
    message,
    ...(file === undefined ? {} : { file }),
    ...(next === undefined ? {} : { next }),
    ...(remedies.length === 0 ? {} : { remedies }),
    ...(details === undefined ? {} : { details })
  }
}

export function fromWireError(error: WireError): AppError {
  const { kind, message, ...rest } = error
  return new AppError(kind, message, rest)
}
