import { refuse } from '../../shared/errors.ts'

/** What is known of a picture that a test image must not be. */
export interface Seen {
  readonly file: string
  readonly well: string
  readonly sha256: string
}

interface Used extends Seen {
  readonly split: 'train' | 'validation' | 'test'
}

/**
 * Nothing that is tested with may have been learned from: not the image, not a copy of it, not another of its well.
 *
 * @throws AppError of kind `input` for the first that was
 */
export function requireApart(images: readonly Used[]): void {
  const test = images.filter(({ split }) => split === 'test')
  const others = images.filter(({ split }) => split !== 'test')
  const leak = firstLeak(test, others)
  if (leak === undefined) return
  const { tested, seen, why } = leak
  throw refuse(
    why === 'copy'
      ? `${tested.file} is tested with and, as ${seen.file}, also trained on: both files are the same picture.`
      : `${tested.file} is tested with, and ${seen.file} of the same well ("${tested.well}") is trained on.`,
    {
      next: 'Take one of them out of the data set, or import it with another split.',
      remedies: [{ action: 'set-option', option: 'wells' }]
    }
  )
}

/**
 * A generator may have seen what the arm that uses it is trained on, and nothing that is tested with.
 *
 * @param seen what it was trained on, and what chose its checkpoint
 * @throws AppError of kind `input` for the first test image, or image of its well, among them
 */
export function requireUnseen(test: readonly Seen[], seen: readonly Seen[], generator: string): void {
  const leak = firstLeak(test, seen)
  if (leak === undefined) return
  const { tested, why } = leak
  const what =
    why === 'copy' ? `the test image ${tested.file}` : `an image of the well of the test image ${tested.file}`
  throw refuse(`"${generator}" has seen ${what}: whatever it draws may give away what is tested.`, {
    next: 'Train a generator on images that this study does not test with, or let each arm train its own.'
  })
}

interface Leak {
  readonly tested: Seen
  readonly seen: Seen
  readonly why: 'copy' | 'well'
}

function firstLeak(test: readonly Seen[], others: readonly Seen[]): Leak | undefined {
  const byContent = new Map(others.map((seen) => [seen.sha256, seen]))
  const byWell = new Map(others.map((seen) => [seen.well, seen]))
  for (const tested of test) {
    const copy = byContent.get(tested.sha256)
    if (copy !== undefined) return { tested, seen: copy, why: 'copy' }
    const neighbour = byWell.get(tested.well)
    if (neighbour !== undefined) return { tested, seen: neighbour, why: 'well' }
  }
  return undefined
}
