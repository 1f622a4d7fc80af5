import { Command, Option } from 'commander'
import { type Input, type Output, type RequestName } from '../../shared/api.ts'
import { productVersion } from '../product.ts'
import { addDataCommands } from './data-commands.ts'
import { addModelCommands } from './model-commands.ts'
import { addShareCommands } from './share-commands.ts'

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

/** The command line of CytoLoom: each command is a thin reading of its arguments. */
export function createProgram(host: Host): Command {
  const program = new Command('cytoloom')
    .description('Turns a few annotated microscopy images into as many annotated synthetic ones as you like.')
    .version(productVersion)
    .exitOverride()
    .showHelpAfterError('(cytoloom --help lists the commands)')
  addDataCommands(program, host)
  addModelCommands(program, host)
  addShareCommands(program, host)
  for (const command of program.commands) {
    command.exitOverride()
    addCommonOptions(command)
  }
  return program
}

function addCommonOptions(command: Command): void {
  if (command.commands.length > 0) {
    for (const child of command.commands) {
      child.exitOverride()
      addCommonOptions(child)
    }
    return
  }
  command
    .option('--workspace <folder>', 'the folder with everything you make')
    .option('--json', 'print one JSON document for scripts')
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes')
    .choices(['auto', 'native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu'])
    .default('auto')
}
