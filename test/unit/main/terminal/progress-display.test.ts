import { describe, expect, test } from 'vitest'
import { createProgressDisplay, duration } from '../../../../src/main/terminal/progress-display.ts'

function screen(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) }
}

describe('progress', () => {
  test('goes out as one JSON object a line for scripts', () => {
    const target = screen(true)
    createProgressDisplay(target, true).show({ stage: 'prepare', done: 1, total: 4, secondsLeft: 9 })
    expect(target.written).toEqual(['{"progress":{"stage":"prepare","done":1,"total":4,"secondsLeft":9}}\n'])
  })

  test('renews one line on a terminal, no longer than it is wide', () => {
    const target = screen(true)
    const display = createProgressDisplay(target, false, () => 0)
    display.show({ stage: 'train', done: 5, total: 10, secondsLeft: 11_100 })
    expect(target.written.join('')).toContain('50 %  3 h 05 min left')
    expect(target.written.join('')).not.toContain('\n')
    expect(Math.max(...target.written.map((text) => text.length))).toBeLessThan(60)
  })

  test('says each stage and each tenth of it once where the output is a file', () => {
    const target = screen(false)
    const display = createProgressDisplay(target, false)
    for (let done = 0; done <= 40; done++) display.show({ stage: 'train', done, total: 40 })
    expect(target.written).toHaveLength(11)
    expect(target.written.at(-1)).toBe('train: 100 %\n')
  })

  test.each([
    [45, '45 s'],
    [600, '10 min'],
    [11_100, '3 h 05 min']
  ])('says %i seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})
