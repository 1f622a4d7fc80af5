import { refuse } from './errors.ts'

/**
 * What the system says when a file of the user's cannot be opened, as a sentence; anything else as it is.
 *
 * @param what is expected there: `picture`
 */
export function explainAccess(path: string, what: string, thrown: unknown): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  const answer = typeof code === 'string' ? answers.get(code) : undefined
  if (answer === undefined) return thrown
  const [says, next] = answer
  return refuse(`${path} ${says.replace('WHAT', what)}.`, {
    file: path,
    next: next.replace('WHAT', what),
    cause: thrown
  })
}

const checkName = 'Check the name and whether it was moved.'
const answers: ReadonlyMap<string, readonly [says: string, next: string]> = new Map([
  ['ENOENT', ['is not there', checkName]],
  ['ENOTDIR', ['is not there', checkName]],
  ['EISDIR', ['is a folder, not a WHAT', 'Choose a WHAT.']],
  ['EACCES', ['may not be read', 'Ask for permission to read it.']],
  ['EPERM', ['may not be read', 'Ask for permission to read it.']],
  ['ELOOP', ['is a link that leads back to itself', 'Remove the link.']],
  ['ENAMETOOLONG', ['has a longer name than this system allows', 'Give it a shorter name.']],
  ['ENXIO', ['is not a file that can be read', 'Choose a WHAT.']],
  ['ERR_INVALID_ARG_VALUE', ['has a name that no file can have', checkName]]
])

/** Devices, pipes and sockets have no end, or never begin. */
export function requirePlainFile(path: string, what: string, stats: { isFile(): boolean; isDirectory(): boolean }) {
  if (stats.isFile()) return
  const says = stats.isDirectory() ? `is a folder, not a ${what}` : `is a device or a pipe, not a ${what}`
  throw refuse(`${path} ${says}.`, { file: path, next: `Choose a ${what}.` })
}
