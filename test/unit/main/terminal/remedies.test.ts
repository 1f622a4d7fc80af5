import { type Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../../../../src/main/terminal/commands.ts'
import { remedyLine } from '../../../../src/main/terminal/remedies.ts'
import { Remedy, RemedyOption } from '../../../../src/shared/remedies.ts'
import { everyRemedy } from '../../../support/remedies.ts'

const asked = 'The command was understood.'
const program = createProgram({
  request: () => Promise.reject(new Error(asked)),
  withoutWorkspace: () => Promise.reject(new Error('needs no workspace')),
  print: () => undefined,
  refused: (_, message) => {
    throw new Error(message)
  },
  stopped: (message) => {
    throw new Error(message)
  }
})

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

const flags = new Set(everyCommand(program).flatMap(({ options }) => options.map(({ long }) => long)))

describe('a remedy at the terminal', () => {
  test('is a command with its values, quoted where a shell would split them', () => {
    expect(remedyLine({ action: 'resume-run', run: 'my run', microBatch: 2 })).toBe(
      'Resume it: cytoloom train --resume "my run" --micro-batch 2'
    )
    expect(remedyLine({ action: 'show', kind: 'dataset', name: 'a "b" $c' })).toBe(
      'Look at it: cytoloom dataset "a \\"b\\" \\$c"'
    )
    expect(remedyLine({ action: 'set-option', option: 'anyWeights', value: true })).toBe('Use --any-weights')
  })

  test('there is an example of every action', () => {
    const actions = Remedy.options.map(({ shape }) => shape.action.value)
    expect(everyRemedy.map(({ action }) => action).sort()).toEqual(actions.sort())
  })

  test.each(everyRemedy.map((remedy) => remedyLine(remedy)).filter((line) => line.includes('cytoloom ')))(
    '“%s” is understood as it stands',
    async (line) => {
      const command = line.slice(line.indexOf('cytoloom ') + 'cytoloom '.length)
      const words = [...command.matchAll(/"((?:\\.|[^"])*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      const typed = words.map((word) => (word === 'N' ? '1' : word)) // a number that only the user knows
      await expect(program.parseAsync(typed, { from: 'user' })).rejects.toThrow(asked)
    }
  )

  test.each(RemedyOption.options.map((option) => [option]))('the option %s is one of a command', (option) => {
    const [flag] = /--[a-z-]+/.exec(remedyLine({ action: 'set-option', option })) ?? []
    expect(flags).toContain(flag)
  })
})
