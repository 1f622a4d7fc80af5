import { InvalidArgumentError } from 'commander'

export function wholeNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

export function realNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

/** "0.8/0.1/0.1" → three shares. */
export function shares(text: string): [number, number, number] {
  const [train, validation, test, ...more] = text.split('/').map(realNumber)
  if (train === undefined || validation === undefined || test === undefined || more.length > 0) {
    throw new InvalidArgumentError('It must be three shares, such as 0.8/0.1/0.1.')
  }
  return [train, validation, test]
}

/** A fraction as screens print it: 0.968 → "96.8". */
export function percent(fraction: number): string {
  return (100 * fraction).toFixed(1)
}

/** "1 image", "3,398 cells"; the plural is given where it is not the singular with an s. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`
}

/** "12 kB", "634 MB", "3.1 GB". */
export function bytes(size: number): string {
  if (size < 1e6) return `${Math.ceil(size / 1e3)} kB`
  return size < 1e9 ? `${Math.ceil(size / 1e6)} MB` : `${(size / 1e9).toFixed(1)} GB`
}
