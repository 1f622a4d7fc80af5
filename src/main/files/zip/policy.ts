import { type AppError, refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

/** How it is said that an archive is not taken. */
export interface Wording {
  /** After the file's name: `is not unpacked`. The reason follows. */
  readonly verdict: string
  readonly next: string
}

/** What a zip may be: it is held against this before any of it is inflated. */
export interface ZipPolicy extends Wording {
  /** What is expected in its place: `zip archive`. */
  readonly what: string
  readonly entries: number
  /** Bytes of one entry, inflated. */
  readonly entryBytes: number | ((name: string) => number)
  /** Bytes of all entries together, inflated. */
  readonly totalBytes: number
  /** Inflated by packed size of an entry beyond 1 MiB. */
  readonly entryRatio?: number
  /** Inflated by packed size of everything beyond 256 MiB. */
  readonly totalRatio?: number
  /** Entries that are passed over whatever they are; folders when absent. */
  readonly skips?: (name: string) => boolean
  /** Why a name is not accepted, as the end of a sentence; when absent, names that could lead somewhere else are not. */
  readonly nameProblem?: (name: string) => string | undefined
  /** Whether two entries may have one name. */
  readonly sameNames?: 'refused' | 'refused in either case' | 'accepted'
  /** Nothing may be in the file that two readers could take for two different things. Its comment has this length. */
  readonly strict?: { readonly commentBytes: number }
}

/** What is known of an entry before it is inflated. */
export interface ZipEntry {
  readonly name: string
  /** Inflated. */
  readonly bytes: number
  readonly packedBytes: number
  readonly isStored: boolean
}

/** What the directory says of an entry besides. */
export interface EntryFlags {
  readonly compressionMethod: number
  readonly generalPurposeBitFlag: number
  readonly externalFileAttributes: number
  readonly extraFields: readonly { readonly id: number }[]
  readonly fileCommentLength: number
}

/** The refusal of an archive: which, why, and what now. */
export function unfitZip(path: string, { verdict, next }: Wording, reason: string, cause?: unknown): AppError {
  return refuse(`${path} ${verdict}: ${reason}.`, { file: path, next, cause })
}

/** Why an entry is not accepted, as a clause; `undefined` for a good one. */
export function entryProblem(entry: ZipEntry, flags: EntryFlags, policy: ZipPolicy): string | undefined {
  const { name } = entry
  const problem = (policy.nameProblem ?? pathProblem)(name)
  if (problem !== undefined) return `the entry ${JSON.stringify(name)} ${problem}`
  const rules = policy.strict === undefined ? kindProblems : [...kindProblems, ...strictProblems]
  const kind = rules.find(({ is }) => is(flags))
  return kind === undefined ? sizeProblem(entry, policy) : `${JSON.stringify(name)} ${kind.says}`
}

function sizeProblem({ name, bytes, packedBytes }: ZipEntry, policy: ZipPolicy): string | undefined {
  const most = typeof policy.entryBytes === 'number' ? policy.entryBytes : policy.entryBytes(name)
  if (bytes > most) return `${name} would fill more than ${inMebibytes(most)}`
  const { entryRatio = Infinity } = policy
  if (bytes > 2 ** 20 && bytes > entryRatio * packedBytes) {
    return `${name} claims to be more than ${entryRatio} times as large as it is packed`
  }
  if (bytes <= packedBytes * limits.deflateRatio + 64) return undefined
  return `${name} declares ${bytes} bytes, more than its contents can fill`
}

/** Why all entries together are not accepted. */
export function totalProblem(entries: readonly ZipEntry[], policy: ZipPolicy): string | undefined {
  const [bytes, packed] = [sum(entries, 'bytes'), sum(entries, 'packedBytes')]
  const { totalBytes, totalRatio = Infinity } = policy
  if (bytes > totalBytes) return `it would fill more than ${inMebibytes(totalBytes)}`
  if (bytes <= 2 ** 28 || bytes <= totalRatio * packed) return undefined
  return `it would fill more than ${totalRatio} times what it takes, as pictures never do`
}

interface Problem {
  readonly says: string
  readonly is: (flags: EntryFlags) => boolean
}

/** Each way in which an entry can be more than a plain file that is read here. */
const kindProblems: readonly Problem[] = [
  { says: 'is a link to another file', is: (flags) => unixKind(flags) === 0o120000 },
  { says: 'is not a plain file', is: (flags) => ![0, 0o100000].includes(unixKind(flags)) },
  { says: 'is encrypted', is: ({ generalPurposeBitFlag }) => (generalPurposeBitFlag & 1) !== 0 },
  {
    says: 'is packed by a method that is not read here; pack it with deflate',
    is: ({ compressionMethod }) => compressionMethod !== 0 && compressionMethod !== 8
  }
]

const utf8Names = 0x0800
const zip64Field = 1

/** … or be read in two ways. */
const strictProblems: readonly Problem[] = [
  { says: 'is a folder', is: ({ externalFileAttributes }) => (externalFileAttributes & 0x10) !== 0 },
  { says: 'uses a rare form of zip', is: ({ generalPurposeBitFlag }) => (generalPurposeBitFlag & ~utf8Names) !== 0 },
  { says: 'carries hidden fields', is: ({ extraFields }) => extraFields.some(({ id }) => id !== zip64Field) },
  { says: 'carries a comment', is: ({ fileCommentLength }) => fileCommentLength > 0 }
]

function unixKind({ externalFileAttributes }: EntryFlags): number {
  return (externalFileAttributes >>> 16) & 0o170000
}

const longestName = 1000

function pathProblem(name: string): string | undefined {
  if (/^(?:[a-z]:|\/)/i.test(name) || name.split('/').includes('..')) return 'leads out of its folder'
  if (/\p{Cc}/u.test(name)) return 'holds a control character'
  return name.length > longestName ? 'has a name that is too long' : undefined
}

function sum(entries: readonly ZipEntry[], key: 'bytes' | 'packedBytes'): number {
  return entries.reduce((total, entry) => total + entry[key], 0)
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
