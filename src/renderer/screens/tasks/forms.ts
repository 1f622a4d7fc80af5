import { type Workspace } from '../../../shared/api.ts'
import { type TaskKind } from '../../../shared/tasks.ts'
import { programs, usualPlace } from '../../text/packing.ts'
import { formWords, kindTitles, presetTitles } from '../../text/tasks.ts'

/** What stands in a form: a text for each field, or several where several can be chosen. */
export type Values = Readonly<Record<string, string | readonly string[]>>

export interface Choice {
  readonly value: string
  readonly label: string
}

export interface FormField {
  readonly key: string
  readonly label: string
  readonly help?: string
  readonly type: 'text' | 'number' | 'choice' | 'choices'
  /** Of a choice; the first is taken where none is given. */
  readonly choices?: (content: Workspace) => readonly Choice[]
  /** What stands in it at first. */
  readonly initial?: string | readonly string[]
  /** What is taken where it is left empty. */
  readonly usual?: (values: Values, content: Workspace) => string
  readonly isOptional?: boolean
}

/** A form that begins a task, and nothing else. */
export interface TaskForm {
  readonly kind: TaskKind
  readonly title: string
  readonly button: string
  /** Another kind of task with the same answers, to try first. */
  readonly first?: { readonly kind: TaskKind; readonly button: string }
  readonly fields: readonly FormField[]
  /** What to say where a choice has nothing to choose from. */
  readonly nothing?: string
}

export const taskForms: readonly TaskForm[] = [
  {
    kind: 'import',
    title: kindTitles.import,
    button: formWords.import.button,
    first: { kind: 'look', button: formWords.import.look },
    fields: [
      { key: 'source', label: formWords.import.source, help: formWords.import.sourceHelp, type: 'text' },
      { key: 'name', label: formWords.import.name, type: 'text', usual: ({ source }) => stemOf(source) }
    ]
  },
  {
    kind: 'prepare',
    title: kindTitles.prepare,
    button: formWords.prepare.button,
    nothing: formWords.prepare.nothing,
    fields: [
      {
        key: 'dataset',
        label: formWords.prepare.dataset,
        type: 'choice',
        choices: ({ datasets }) => datasets.filter(({ annotated }) => annotated > 0).map(named)
      },
      {
        key: 'name',
        label: formWords.prepare.name,
        type: 'text',
        usual: ({ dataset }, { datasets }) => nameOf(dataset, datasets)
      },
      {
        key: 'tile',
        label: formWords.prepare.tile,
        help: formWords.prepare.tileHelp,
        type: 'number',
        initial: '256'
      }
    ]
  },
  {
    kind: 'train',
    title: kindTitles.train,
    button: formWords.train.button,
    nothing: formWords.train.nothing,
    fields: [
      {
        key: 'prepared',
        label: formWords.train.prepared,
        type: 'choice',
        choices: ({ prepared }) => prepared.map(named)
      },
      {
        key: 'name',
        label: formWords.train.name,
        type: 'text',
        usual: (values, { prepared }) => nameOf(values['prepared'], prepared)
      },
      {
        key: 'preset',
        label: formWords.train.preset,
        type: 'choice',
        choices: () => Object.entries(presetTitles).map(([value, label]) => ({ value, label }))
      },
      {
        key: 'minutes',
        label: formWords.train.minutes,
        help: formWords.train.minutesHelp,
        type: 'number',
        isOptional: true
      }
    ]
  },
  {
    kind: 'generate',
    title: kindTitles.generate,
    button: formWords.generate.button,
    nothing: formWords.generate.nothing,
    fields: [
      {
        key: 'run',
        label: formWords.generate.run,
        type: 'choice',
        choices: ({ runs }) => runs.filter(({ iteration }) => iteration > 0).map(named)
      },
      {
        key: 'name',
        label: formWords.generate.name,
        type: 'text',
        usual: ({ run }, { runs }) => nameOf(run, runs)
      },
      { key: 'count', label: formWords.generate.count, type: 'number', initial: '100' }
    ]
  },
  {
    kind: 'package',
    title: kindTitles.package,
    button: formWords.package.button,
    nothing: formWords.package.nothing,
    fields: [
      {
        key: 'set',
        label: formWords.package.set,
        type: 'choice',
        choices: (content) => packable(content).map(named)
      },
      {
        key: 'formats',
        label: formWords.package.formats,
        help: formWords.package.formatsHelp,
        type: 'choices',
        choices: () => programs.map(({ format, name }) => ({ value: format, label: name })),
        initial: programs.filter(({ isUsual }) => isUsual).map(({ format }) => format)
      },
      {
        key: 'out',
        label: formWords.package.file,
        type: 'text',
        usual: ({ set }, content) => usualPlace(content.folder, nameOf(set, packable(content)))
      }
    ]
  }
]

/** Why a form cannot be sent yet: the field that is wrong, and what to say of it. */
export interface Fault {
  readonly key: string
  readonly sentence: string
}

/** With what is taken where a field is left empty. */
export function completed(form: TaskForm, given: Values, content: Workspace): Values {
  return form.fields.reduce<Values>((values, field) => {
    const text = given[field.key] ?? field.initial ?? ''
    const isEmpty = typeof text === 'string' && text.trim() === ''
    return { ...values, [field.key]: isEmpty ? usualOf(field, values, content) : text }
  }, given)
}

/** What is taken where a field is left empty. */
export function usualOf(field: FormField, values: Values, content: Workspace): string {
  if (field.type === 'choice') return field.choices?.(content)[0]?.value ?? ''
  return field.usual?.(values, content) ?? ''
}

/** The first thing that is wrong with complete values. */
export function faultOf({ fields }: TaskForm, values: Values): Fault | undefined {
  for (const field of fields) {
    const value = values[field.key] ?? ''
    if (value === '' && field.isOptional !== true) return { key: field.key, sentence: formWords.needed(field.label) }
    if (field.type === 'number' && value !== '' && !(numberIn(value) > 0)) {
      return { key: field.key, sentence: formWords.noNumber(field.label) }
    }
  }
  return undefined
}

/** The input of the task, of complete values without a fault. */
export function inputOf({ kind, fields }: TaskForm, values: Values): Record<string, unknown> {
  const entries: [string, unknown][] = fields
    .filter(({ key }) => values[key] !== '')
    .map(({ key, type }) => [key, type === 'number' ? numberIn(values[key] ?? '') : trimmed(values[key] ?? '')])
  const input: Record<string, unknown> = Object.fromEntries(entries)
  return kind === 'package' ? { ...input, formats: ['labels'].concat(values['formats'] ?? []) } : input
}

/** A decimal comma is one, too. */
function numberIn(value: string | readonly string[]): number {
  return typeof value === 'string' ? Number(value.trim().replace(',', '.')) : NaN
}

function trimmed(value: string | readonly string[]): string | readonly string[] {
  return typeof value === 'string' ? value.trim() : value
}

function packable({ datasets, synthetic }: Workspace): { readonly id: string; readonly name: string }[] {
  return [...synthetic, ...datasets.filter(({ annotated }) => annotated > 0)]
}

function named({ id, name }: { readonly id: string; readonly name: string }): Choice {
  return { value: id, label: name }
}

function nameOf(
  wanted: string | readonly string[] | undefined,
  things: readonly { readonly id: string; readonly name: string }[]
): string {
  return things.find(({ id }) => id === wanted)?.name ?? ''
}

/** `plate 3` of `/data/plate 3.zip`. */
function stemOf(path: string | readonly string[] | undefined): string {
  const last = typeof path === 'string' ? (path.trim().split(/[/\\]/).filter(Boolean).at(-1) ?? '') : ''
  return last.replace(/\.(?:zip|json|npz)$/i, '')
}
