import { describe, expect, test } from 'vitest'
import { findClasses } from '../../../../src/main/datasets/class-from.ts'
import { ImportLog } from '../../../../src/main/datasets/import-log.ts'
import { parseLivecellName } from '../../../../src/main/datasets/livecell-names.ts'
import { matchNames } from '../../../../src/main/datasets/name-patterns.ts'
import { type SourceImage } from '../../../../src/main/datasets/source-image.ts'
import { findTimes } from '../../../../src/main/datasets/time-from.ts'

function image(file: string, folders: string[] = [], category?: string): SourceImage {
  return { path: `/x/${file}`, file, folders, category }
}

describe('LIVECell names', () => {
  test('tell class, hours and frame', () => {
    expect(parseLivecellName('SHSY5Y_Phase_D10_1_03d04h30m_2.tif')).toEqual({
      class: 'SH-SY5Y',
      hours: 76.5,
      frame: 'SHSY5Y_Phase_D10_1_03d04h30m'
    })
    expect(parseLivecellName('Huh7_Phase_A12_2_00d00h00m_4.png')?.class).toBe('Huh7')
  })

  test('another name tells nothing, and is no error', () => {
    expect(parseLivecellName('A172_Phase_C7_1_2d16h_2.tif')).toBeUndefined()
    expect(parseLivecellName('cells.tif')).toBeUndefined()
  })
})

describe('patterns of users', () => {
  test('give their groups, by number and by name', () => {
    expect(matchNames('^(?<class>[a-z]+)_(\\d+)', ['hela_12.png', '12.png'])).toEqual([
      { groups: ['hela_12', 'hela', '12'], named: { class: 'hela' } },
      undefined
    ])
  })

  test('that would run for ever are stopped', () => {
    const start = performance.now()
    expect(() => matchNames('^(a+)+$', [`${'a'.repeat(60)}!`])).toThrow(/takes too long/)
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test('that are malformed or very long are refused', () => {
    expect(() => matchNames('(', ['x'])).toThrow(/not a valid regular expression/)
    expect(() => matchNames('a'.repeat(201), ['x'])).toThrow(/longer than 200/)
  })

  test('reach nothing but the names', () => {
    expect(matchNames('constructor|process', ['x'])).toEqual([undefined])
  })
})

describe('classes', () => {
  const log = new ImportLog()

  test('come from the folder that is no split, where nothing else is said', () => {
    const images = [image('a.png', ['train', 'hela']), image('b.png', ['test', 'cho'])]
    expect(findClasses(images, undefined, undefined, log)).toEqual(['hela', 'cho'])
    expect(findClasses([image('a.png', ['train'])], undefined, undefined, log)).toEqual(['all'])
    const bowl = [image('a.png', ['stage1_train']), image('b.png', ['stage2_test_final'])]
    expect(findClasses(bowl, undefined, undefined, log)).toEqual(['all', 'all'])
    const named = [image('a.png', ['train_hela']), image('b.png', ['stage 2']), image('c.png', ['2018'])]
    expect(findClasses(named, undefined, undefined, log)).toEqual(['train_hela', 'stage 2', '2018'])
  })

  test('come from categories in COCO, and one category is that of images without cells too', () => {
    const images = [image('a.png', [], 'cell'), image('b.png')]
    expect(findClasses(images, undefined, undefined, log)).toEqual(['cell', 'cell'])
    const two = [image('a.png', [], 'x'), image('b.png', [], 'y'), image('c.png')]
    expect(findClasses(two, 'category', undefined, log)).toEqual(['x', 'y', 'unknown'])
  })

  test('come from a pattern: the group "class", the first group, or all of the match', () => {
    const images = [image('HeLa_day3.png'), image('dir/CHO_day4.png')]
    expect(findClasses(images, 'filename:^([A-Za-z]+)_', undefined, log)).toEqual(['HeLa', 'CHO'])
    expect(findClasses(images, 'filename:(x?)(?<class>day\\d)', undefined, log)).toEqual(['day3', 'day4'])
    expect(findClasses(images, 'filename:^[A-Z]', undefined, log)).toEqual(['H', 'C'])
  })

  test('that a rule misses are "unknown" with a warning, and a rule that misses all is refused', () => {
    const own = new ImportLog()
    expect(findClasses([image('a1.png'), image('b.png')], 'filename:\\d', undefined, own)).toEqual(['1', 'unknown'])
    expect(own.warnings[0]?.reason).toMatch(/1 images have no class/)
    expect(() => findClasses([image('b.png')], 'filename:\\d', undefined, own)).toThrow(/finds no class for any image/)
    expect(() => findClasses([image('b.png')], 'colour', undefined, own)).toThrow(/not a rule for finding classes/)
  })
})

describe('times', () => {
  const log = new ImportLog()

  test('are added up from named groups, or are the hours of the first group', () => {
    const images = [image('x_02d03h30m.png')]
    const named = 'filename:(?<days>\\d+)d(?<hours>\\d+)h(?<minutes>\\d+)m'
    expect(findTimes(images, named, undefined, log)).toEqual([51.5])
    expect(findTimes(images, 'filename:(\\d+)h', undefined, log)).toEqual([3])
  })

  test('are read from LIVECell names, unless the user says none', () => {
    const images = [image('A172_Phase_C7_1_02d16h00m_2.tif')]
    expect(findTimes(images, undefined, 'livecell', log)).toEqual([64])
    expect(findTimes(images, 'none', 'livecell', log)).toEqual([undefined])
    expect(() => findTimes(images, 'filename:(x)', 'livecell', log)).toThrow(/finds no time/)
  })
})
