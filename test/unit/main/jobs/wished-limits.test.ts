import { describe, expect, test } from 'vitest'
import { wishedMemory, wishedThreads } from '../../../../src/main/jobs/wished-limits.ts'

describe('a limit that the program was started with', () => {
  test.each([
    ['8', 8e9],
    ['0.2', 0.2e9],
    ['.5', 0.5e9],
    ['0,2', 0.2e9],
    ['0.2GB', 0.2e9],
    [' 2 gb ', 2e9],
    ['2G', 2e9],
    ['1GiB', 2 ** 30],
    ['500 MB', 500e6],
    ['', undefined]
  ])('on memory, written "%s", is read', (text, bytes) => {
    expect(wishedMemory(text)).toBe(bytes)
  })

  test.each(['0', '-1', 'half', '2 TB', '1e3', 'GB', '0.0', '1.2.3'])('on memory, written "%s", is refused', (text) => {
    expect(() => wishedMemory(text)).toThrow(expect.objectContaining({ kind: 'usage' }) as Error)
  })

  test('on threads is a whole number above zero', () => {
    expect(wishedThreads('3')).toBe(3)
    expect(wishedThreads('')).toBeUndefined()
    for (const text of ['0', '1.5', 'two', '-2']) {
      expect(() => wishedThreads(text)).toThrow(expect.objectContaining({ kind: 'usage' }) as Error)
    }
  })
})
