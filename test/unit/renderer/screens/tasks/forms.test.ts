import { describe, expect, test } from 'vitest'
import { completed, faultOf, inputOf, taskForms, type Values } from '../../../../../src/renderer/screens/tasks/forms.ts'
import { parseInput } from '../../../../../src/main/services/parse-input.ts'
import { type RequestName } from '../../../../../src/shared/api.ts'
import { type TaskKind } from '../../../../../src/shared/tasks.ts'
import { fullWorkspace } from '../../../../support/fake-demo.ts'

const content = fullWorkspace('/w')

function formOf(kind: TaskKind) {
  return taskForms.find((form) => form.kind === kind) ?? expect.fail(`there is a form for ${kind}`)
}

function sent(kind: TaskKind, given: Values): Record<string, unknown> {
  const form = formOf(kind)
  return inputOf(form, completed(form, given, content))
}

describe('The forms', () => {
  test('name what they make after what it is made of, unless a name is given', () => {
    expect(sent('import', { source: '/data/plate 3.zip' })).toEqual({ source: '/data/plate 3.zip', name: 'plate 3' })
    expect(sent('import', { source: 'C:\\data\\plate', name: 'Mine' })).toMatchObject({ name: 'Mine' })
    expect(sent('prepare', {})).toEqual({ dataset: 'dataset-1', name: 'Sample', tile: 256 })
  })

  test('take a decimal comma, and leave out what may be left out', () => {
    expect(sent('train', { minutes: '2,5' })).toMatchObject({ preset: 'quick', minutes: 2.5 })
    expect(sent('train', {})).not.toHaveProperty('minutes')
  })

  test('pack label images whatever else is chosen, beside the workspace’s other packages', () => {
    expect(sent('package', { set: 'dataset-1', formats: ['coco', 'cellpose'] })).toEqual({
      set: 'dataset-1',
      formats: ['labels', 'coco', 'cellpose'],
      out: '/w/packages/Sample.cytoloom'
    })
  })

  test('say of the first field that is wrong what is wrong with it', () => {
    const importing = formOf('import')
    const source = completed(importing, { name: 'Mine' }, content)
    expect(faultOf(importing, source)).toMatchObject({ key: 'source' })
    const generating = formOf('generate')
    const count = completed(generating, { count: 'many' }, content)
    expect(faultOf(generating, count)).toEqual({
      key: 'count',
      sentence: '“Number of pictures” is not a number above 0.'
    })
  })

  test('send what their requests accept, and no field that they do not know', () => {
    const names = {
      import: 'datasets.import',
      prepare: 'prepared.create',
      train: 'runs.train',
      generate: 'synthetic.generate',
      package: 'packages.create'
    } as const satisfies Partial<Record<TaskKind, RequestName>>
    for (const [kind, name] of Object.entries(names)) {
      const given = kind === 'import' ? { source: '/data/plate' } : {}
      const { name: called, ...input } = sent(kind as keyof typeof names, given)
      const whole = called === undefined ? input : { ...input, name: called }
      expect(parseInput(name, whole)).toMatchObject(whole)
      expect(parseInput('estimates.make', { of: kind, ...input })).toMatchObject(input)
    }
  })
})
