/** Words and numbers that every screen shares. */

export const connectionWords = {
  noAnswer: 'CytoLoom does not answer.',
  noPicture: 'This picture cannot be drawn.',
  startAgain:
    'If you closed it, start it again and open the new address. Work that was running is kept at its last safe point.',
  lost: 'The connection to CytoLoom is interrupted. Trying again … Work continues without this page.',
  closed:
    'CytoLoom does not know this page: it was restarted, or this tab was opened without the key. Open the newest address that CytoLoom printed where it was started. What you see here is how things were.'
}

export const errorWords = {
  title: 'This did not work',
  whatYouCanDo: 'What you can do',
  copyDetails: 'Copy details',
  copied: 'Copied',
  copyFailed: 'Not copied',
  dismiss: 'Close this note'
}

const wholeNumbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

export function number(value: number): string {
  return wholeNumbers.format(value)
}

/** `3 images`, `1 image`; the plural is given where it is not the singular with an s. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${number(value)} ${value === 1 ? singular : plural}`
}

/** Shares (0…1) are read as percent. */
export function percent(share: number): string {
  return `${number(share * 100)} %`
}

export { scoreText as score } from '../../shared/score-text.ts'

export function date(iso: string): string {
  const time = new Date(iso)
  return Number.isNaN(time.getTime()) ? iso : dates.format(time)
}

export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, bytes / 1000))} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

export function timeLeft(seconds: number): string {
  if (seconds < 50) return 'less than a minute left'
  if (seconds < 90) return 'about a minute left'
  if (seconds < 5400) return `about ${number(seconds / 60)} minutes left`
  return `about ${number(seconds / 3600)} hours left`
}

/** `48 seconds`, `5 min 40 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return count(whole, 'second')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** What a user pastes into a message to us: everything known about the problem, without the names of people's folders. */
export function problemDetails(problem: {
  readonly message: string
  readonly kind?: string | undefined
  readonly file?: string | undefined
  readonly next?: string | undefined
  readonly details?: string | undefined
  readonly during?: string | undefined
}): string {
  const lines = [
    `CytoLoom problem: ${problem.message}`,
    problem.kind === undefined ? '' : `Kind: ${problem.kind}`,
    problem.file === undefined ? '' : `File: ${problem.file}`,
    problem.during === undefined ? '' : `During: ${problem.during}`,
    problem.next === undefined ? '' : `Advice given: ${problem.next}`,
    problem.details === undefined ? '' : `Details: ${problem.details}`,
    `Time: ${new Date().toISOString()}`
  ]
  return withoutHomes(lines.filter((line) => line !== '').join('\n'))
}

function withoutHomes(text: string): string {
  return text.replace(/(?:[A-Za-z]:\\Users\\|\/home\/|\/Users\/)[^/\\\s"']+/g, '~')
}
