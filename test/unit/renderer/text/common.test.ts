import { describe, expect, test } from 'vitest'
import {
  count,
  date,
  duration,
  fileSize,
  number,
  percent,
  problemDetails,
  timeLeft
} from '../../../../src/renderer/text/common.ts'

describe('Numbers as people read them', () => {
  test('counts with the right word', () => {
    expect([count(1, 'image'), count(0, 'image'), count(1482, 'cell'), count(2, 'nucleus', 'nuclei')]).toEqual([
      '1 image',
      '0 images',
      '1,482 cells',
      '2 nuclei'
    ])
    expect(number(1234567)).toBe('1,234,567')
    expect(percent(0.967)).toBe('97 %')
  })

  test('says the time left no finer than it is known', () => {
    expect([12, 70, 165, 5500, 8000].map(timeLeft)).toEqual([
      'less than a minute left',
      'about a minute left',
      'about 3 minutes left',
      'about 2 hours left',
      'about 2 hours left'
    ])
  })

  test('says how long something took', () => {
    expect([1, 48.4, 338, 7500].map(duration)).toEqual(['1 second', '48 seconds', '5 min 38 s', '2 h 5 min'])
  })

  test('says how large a file is', () => {
    expect([12, 412_345, 3_400_000, 2_100_000_000].map(fileSize)).toEqual(['1 kB', '412 kB', '3.4 MB', '2.1 GB'])
  })

  test('shows what is no date as it stands', () => {
    expect(date('yesterday')).toBe('yesterday')
    expect(date('2026-11-24T10:15:00.000Z')).toMatch(/^24 Nov 2026, /)
  })
})

describe('problemDetails', () => {
  test('hold all that is known, but not whose folders they are', () => {
    const details = problemDetails({
      kind: 'input',
      message: 'No image in /home/maria/cells could be read.',
      file: 'C:\\Users\\Maria\\cells\\a.tif',
      next: 'Look into /Users/maria/cells.',
      during: 'Step 1 of 6'
    })
    expect(details).toContain('CytoLoom problem: No image in ~/cells could be read.')
    expect(details).toContain('File: ~\\cells\\a.tif')
    expect(details).toContain('Advice given: Look into ~/cells.')
    expect(details).toContain('During: Step 1 of 6')
    expect(details.toLowerCase()).not.toContain('maria')
  })

  test('leave out what is not known', () => {
    expect(problemDetails({ message: 'Stopped.' }).split('\n')).toHaveLength(2)
  })
})
