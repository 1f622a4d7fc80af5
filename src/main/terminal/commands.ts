import { Command } from 'commander'
import { productVersion } from '../product.ts'
import { addDataCommands } from './data-commands.ts'
import { addEstimate } from './estimate-command.ts'
import { addEngineCommands } from './engine-commands.ts'
import { type Host } from './host.ts'
import { addModelCommands } from './model-commands.ts'
import { addScoreCommands } from './score-commands.ts'
import { addSegmentCommands } from './segment-commands.ts'
import { addShareCommands } from './share-commands.ts'
import { addStudyCommands } from './study-commands.ts'
import { addTaskCommands } from './task-commands.ts'
import { addThingsCommands } from './things-commands.ts'

/** The command line of CytoLoom: each command is a thin reading of its arguments. */
export function createProgram(host: Host): Command {
  const program = new Command('cytoloom')
    .description('Turns a few annotated microscopy images into any number of annotated synthetic ones.')
    .version(productVersion)
    .exitOverride()
    .showHelpAfterError('(cytoloom --help lists the commands)')
  addDataCommands(program, host)
  addEngineCommands(program, host)
  addModelCommands(program, host)
  addScoreCommands(program, host)
  addSegmentCommands(program, host)
  addEstimate(program, host)
  addShareCommands(program, host)
  addStudyCommands(program, host)
  addTaskCommands(program, host)
  addThingsCommands(program, host)
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
    .option('--workspace <folder>', 'folder with everything you make')
    .option('--json', 'print one JSON document for scripts')
}
