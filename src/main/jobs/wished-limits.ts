import { AppError } from '../../shared/errors.ts'

const bytesOf: Readonly<Record<string, number>> = {
  '': 1e9,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20
}

/**
 * The bytes that an engine may have by the wish of whoever started the program (`CYTOLOOM_MEMORY_GB`): gigabytes, or a
 * size with its unit.
 *
 * @returns undefined where nobody wishes for a limit
 * @throws AppError of kind `usage` where it cannot be read: a limit is never ignored
 */
export function wishedMemory(text = process.env['CYTOLOOM_MEMORY_GB'] ?? ''): number | undefined {
  if (text.trim() === '') return undefined
  const [, digits, unit = ''] = /^\s*(\d*[.,]?\d+)\s*([gm]i?b|[gm])?\s*$/i.exec(text) ?? []
  const bytes = Number(digits?.replace(',', '.')) * (bytesOf[unit.toLowerCase()] ?? Number.NaN)
  if (bytes > 0) return bytes
  throw unreadable(
    `The memory limit "${text}" that this program was started with is not a size.`,
    'Give it in gigabytes, such as 2 or 0.5, or with its unit, such as 500 MB.'
  )
}

/**
 * The threads that an engine may use by the same wish (`CYTOLOOM_THREADS`).
 *
 * @throws AppError of kind `usage` where it cannot be read
 */
export function wishedThreads(text = process.env['CYTOLOOM_THREADS'] ?? ''): number | undefined {
  if (text.trim() === '') return undefined
  const threads = Number(text)
  if (Number.isInteger(threads) && threads > 0) return threads
  throw unreadable(
    `The number of threads "${text}" that this program was started with is not a whole number above 0.`,
    'Give one, or leave it out for all processor cores.'
  )
}

function unreadable(message: string, next: string): AppError {
  return new AppError('usage', message, { next })
}
