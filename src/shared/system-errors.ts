import { type Remedy } from './remedies.ts'

/** Kinds of errors that are not ours (`errors.ts`). */
type Kind = 'input' | 'stopped' | 'resources'

interface Explanation {
  readonly kind: Kind
  readonly message: string
  readonly next: string
  readonly remedies?: readonly Remedy[]
}

/**
 * What the system or the database says about a file, a disk or memory, as a sentence; undefined where it is about none
 * of these. The last resort: who knows what the file is for says it better (`file-access.ts`).
 */
export function explainSystem(thrown: unknown): Explanation | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown.name === 'AbortError') return { kind: 'stopped', message: 'The work was stopped.', next: tryAgain }
  const code = textOf(thrown, 'code')
  const found = answers.get(code) ?? answers.get(/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? '')
  if (found === undefined) return undefined
  const [kind, message, next] = found
  return {
    kind,
    message: message.replace('FILE', textOf(thrown, 'path') || 'A file that is needed'),
    next,
    ...(found === full && { remedies: waysToSpace })
  }
}

function textOf(thrown: Error, field: string): string {
  const value: unknown = Reflect.get(thrown, field)
  return typeof value === 'string' ? value : ''
}

/** Where a disk is full. */
export const waysToSpace: readonly Remedy[] = [{ action: 'show-storage' }, { action: 'empty-trash' }]

type Answer = readonly [kind: Kind, message: string, next: string]

const tryAgain = 'Start it again at any time.'
const gone: Answer = ['input', 'FILE is not there.', 'Check whether it was moved or removed.']
const forbidden: Answer = ['input', 'FILE may not be read or written.', 'Ask for permission, or use another folder.']
const full: Answer = [
  'resources',
  'The disk is full.',
  'Free some space and try again: what was finished before is safe.'
]
const noName: Answer = ['input', 'FILE has a name that no file can have.', 'Check the name.']
const busy: Answer = ['resources', 'FILE is in use by another program.', 'Close that program and try again.']
const silent: Answer = [
  'resources',
  'The disk did not answer: FILE could not be read or written.',
  'Check the disk or, for a network share, the connection. What was finished before is safe.'
]
const crowded: Answer = [
  'resources',
  'Too many files are open on this computer.',
  'Close other programs and try again.'
]
const noMemory: Answer = ['resources', 'There is not enough memory.', 'Close other programs and try again.']
const damagedCatalogue: Answer = [
  'input',
  'The catalogue of the workspace is damaged.',
  'Start CytoLoom again: it says what to do. The folders beside the catalogue are complete.'
]
const busyCatalogue: Answer = [
  'resources',
  'The catalogue of the workspace is still in use by another program.',
  'Close other CytoLoom windows and try again.'
]
const lockedCatalogue: Answer = [
  'input',
  'The catalogue of the workspace cannot be written.',
  'Allow writing in its folder, or use another workspace.'
]

const answers: ReadonlyMap<string, Answer> = new Map([
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EFBIG', full],
  ['ENOENT', gone],
  ['ENOTDIR', gone],
  ['EACCES', forbidden],
  ['EPERM', forbidden],
  ['EROFS', ['input', 'FILE is on a disk that can only be read.', 'Use a folder on another disk.']],
  ['EISDIR', ['input', 'FILE is a folder, and a file is needed.', 'Choose a file.']],
  ['EEXIST', ['input', 'FILE exists already.', 'Choose another name: nothing is ever overwritten.']],
  ['ENOTEMPTY', ['input', 'FILE is not empty.', 'Choose another name: nothing is ever overwritten.']],
  ['ELOOP', ['input', 'FILE is a link that leads back to itself.', 'Remove the link.']],
  ['ENAMETOOLONG', ['input', 'FILE has a longer name than this system allows.', 'Choose a shorter name.']],
  ['ERR_INVALID_ARG_VALUE', noName],
  ['EBUSY', busy],
  ['ETXTBSY', busy],
  ['EIO', silent],
  ['ENXIO', silent],
  ['ESTALE', silent],
  ['ETIMEDOUT', silent],
  ['EHOSTDOWN', silent],
  ['EMFILE', crowded],
  ['ENFILE', crowded],
  ['ENOMEM', noMemory],
  ['ERR_WORKER_OUT_OF_MEMORY', noMemory],
  ['SQLITE_FULL', full],
  ['SQLITE_NOMEM', noMemory],
  ['SQLITE_CORRUPT', damagedCatalogue],
  ['SQLITE_NOTADB', damagedCatalogue],
  ['SQLITE_BUSY', busyCatalogue],
  ['SQLITE_LOCKED', busyCatalogue],
  ['SQLITE_READONLY', lockedCatalogue],
  ['SQLITE_CANTOPEN', lockedCatalogue],
  ['SQLITE_PERM', lockedCatalogue],
  [
    'SQLITE_IOERR',
    ['resources', 'The disk did not answer: the catalogue of the workspace could not be read or written.', silent[2]]
  ]
])
