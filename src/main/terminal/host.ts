import { Option } from 'commander'
import { type Input, type Output, type RequestName } from '../../shared/api.ts'
import type { ErrorDetails } from '../../shared/errors.ts'
import { EngineRequest } from '../../shared/runs.ts'
import type { Environment } from '../environment.ts'
import type { RequestContext } from '../services/dispatch.ts'
import { wholeNumber } from './numbers.ts'

/** What commands need from the terminal: requests answered, answers printed. */
export interface Host {
  request<N extends RequestName>(name: N, input: Input<N>, workspace: string | undefined): Promise<Output<N>>
  /** Does what needs no workspace: on a cluster, where no catalogue may lie on the shared disk. */
  withoutWorkspace<Result>(
    work: (environment: Environment, watcher: Pick<RequestContext, 'signal' | 'progress'>) => Promise<Result>
  ): Promise<Result>
  /** Prints the answer as JSON, or the sentences for a person. */
  print(answer: unknown, sentences: string): void
  /** Says why nothing was done: exit status of a refusal, and with `--json` the answer together with the error. */
  refused(answer: object, message: string, details: ErrorDetails): never
  /** Says that the work stopped as asked and can go on. */
  stopped(message: string, next: string): never
}

/** Options that every command has. */
export interface CommonOptions {
  readonly workspace?: string
  readonly json?: boolean
}

/** Wherever anything is random. */
export function seedOption(): Option {
  return new Option('--seed <number>', 'seed of all random choices; the same seed gives the same result')
    .argParser(wholeNumber)
    .default(0)
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'compute engine').choices(EngineRequest.options).default('auto')
}
