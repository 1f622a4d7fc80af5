import { type Command, type Option } from 'commander'
import { expect, test } from 'vitest'
import { parseInput } from '../../../../src/main/services/parse-input.ts'
import { createProgram } from '../../../../src/main/terminal/commands.ts'
import { type RequestName } from '../../../../src/shared/api.ts'

const asked: RequestName[] = []
class Asked extends Error {}

/** Reads each request as the app does, and answers none. */
const program = createProgram({
  request(name, input) {
    parseInput(name, input)
    asked.push(name)
    throw new Asked()
  },
  withoutWorkspace: () => Promise.reject(new Error('needs no workspace')),
  print: () => undefined,
  refused: (_, message) => {
    throw new Error(message)
  },
  stopped: (message) => {
    throw new Error(message)
  }
})

/** What stands for options that take neither any text nor any number. */
const given: Readonly<Record<string, string>> = {
  axes: 'ZYX',
  channels: '1',
  split: '0.8/0.1/0.1',
  formats: 'coco',
  augment: 'ada',
  skipPath: 'mergeKernel=1',
  scale: '0.5',
  tile: '64',
  maxCover: '0.5',
  truncation: '0.5',
  adaTarget: '0.5',
  classFrom: 'folder',
  callClasses: 'hela=HeLa',
  timePoints: 'HeLa@24=23',
  kind: 'run',
  arms: 'copy-paste',
  smallestEffect: '0.5',
  trust: 'a'.repeat(64)
}

function wordsOf(option: Option): string[] {
  const flag = option.long ?? ''
  if (!option.required && !option.optional) return [flag]
  return [flag, option.argChoices?.[0] ?? given[option.attributeName()] ?? '1']
}

const apart = new Set(['resume', 'workspace', 'json', 'to', 'alone', 'empty'])

function leaves(command: Command, path: readonly string[]): { path: readonly string[]; command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }]
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]))
}

/** The hosts themselves, and what a cluster does without a workspace. */
const without = ['serve', 'run-task']
const commands = leaves(program, []).filter(({ command }) => !without.includes(command.name()))

test.each(commands.map(({ path, command }) => [path.join(' '), path, command] as const))(
  '"%s" with all its options asks for nothing that its request does not know',
  async (_, path, command) => {
    const name = path.join(' ')
    const names = name === 'task' ? ['t'] : command.registeredArguments.map(() => 'a')
    const options = command.options.filter((option) => !apart.has(option.attributeName())).flatMap(wordsOf)
    await expect(program.parseAsync([...path, ...names, ...options], { from: 'user' })).rejects.toThrow(Asked)
  }
)

test('the commands speak for most requests', () => {
  expect(new Set(asked).size).toBeGreaterThan(25)
})
