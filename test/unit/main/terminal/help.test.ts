import { type Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../../../src/main/terminal/commands.ts'

const program = createProgram({
  request: () => Promise.reject(new Error('Nothing is asked for here.')),
  withoutWorkspace: () => Promise.reject(new Error('needs no workspace')),
  print: () => undefined,
  refused: (_, message) => {
    throw new Error(message)
  },
  stopped: (message) => {
    throw new Error(message)
  }
})

interface Explained {
  readonly called: string
  readonly description: string
}

/** Every command, option and argument, with what its help says. */
function everything(command: Command, path: string): Explained[] {
  return [
    { called: path, description: command.description() },
    ...command.options.map(({ flags, description }) => ({ called: `${path} ${flags}`, description })),
    ...command.registeredArguments.map((argument) => ({
      called: `${path} <${argument.name()}>`,
      description: argument.description
    })),
    ...command.commands.flatMap((child) => everything(child, `${path} ${child.name()}`))
  ]
}

const explained = everything(program, 'cytoloom')

test('every command, option and argument says what it is for', () => {
  expect(explained.length).toBeGreaterThan(100)
  expect(explained.filter(({ description }) => description.trim().length < 4)).toEqual([])
})

test('help texts are phrases without a full stop; only that of the program is a sentence', () => {
  const [, ...phrases] = explained
  expect(phrases.filter(({ description }) => description.endsWith('.')).map(({ called }) => called)).toEqual([])
})
