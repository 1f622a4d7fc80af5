import { type ErrorKind } from '../../shared/errors.ts'

/** What a script learns from the exit status; 0 is done. */
export const exitStatus: Record<ErrorKind, number> = { defect: 1, usage: 2, input: 3, stopped: 4, resources: 5 }
