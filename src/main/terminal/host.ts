import { Option } from 'commander'
import { type Input, type Output, type RequestName } from '../../shared/api.ts'
import { EngineRequest } from '../../shared/runs.ts'

/** What commands need from the terminal: requests answered, answers printed. */
export interface Host {
  request<N extends RequestName>(name: N, input: Input<N>, workspace: string | undefined): Promise<Output<N>>
  /** Prints the answer as JSON, or the sentences for a person. */
  print(answer: unknown, sentences: string): void
  /** Says that the work stopped as asked and can go on. */
  stopped(message: string, next: string): never
}

/** Options that every command has. */
export interface CommonOptions {
  readonly workspace?: string
  readonly json?: boolean
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes').choices(EngineRequest.options).default('auto')
}
