import { describe, expect, test } from 'vitest'
import { countClasses } from '../../../../src/main/datasets/class-counts.ts'
import { ImportLog } from '../../../../src/main/datasets/import-log.ts'
import { warnOfSparseAnnotation } from '../../../../src/main/datasets/sparse-annotation.ts'
import { type DatasetImage } from '../../../../src/shared/datasets.ts'

function image(id: number, name: string, cells: number, time?: number): DatasetImage {
  return {
    id,
    file: `${id}.png`,
    width: 8,
    height: 8,
    channels: 1,
    bits: 8,
    class: name,
    ...(time === undefined ? {} : { time }),
    group: `${id}`,
    annotated: cells > 0,
    cells,
    sha256: ''
  }
}

describe('what an import tells', () => {
  test('images and cells by class and hour', () => {
    expect(countClasses([image(1, 'b', 5, 8), image(2, 'a', 0), image(3, 'b', 2, 0), image(4, 'b', 1, 8)])).toEqual([
      { name: 'a', images: 1, annotated: 0, cells: 0 },
      {
        name: 'b',
        images: 3,
        annotated: 3,
        cells: 8,
        hours: [
          { hour: 0, images: 1, cells: 2 },
          { hour: 8, images: 2, cells: 6 }
        ]
      }
    ])
  })

  test('twenty of a kind are listed and the rest counted', () => {
    const log = new ImportLog()
    for (let i = 0; i < 25; i++) log.refuse('a.json', `Annotation ${i} is bad.`, 'bad cells')
    log.refuse('b.png', 'It is empty.')
    expect(log.refused).toHaveLength(22)
    expect(log.refused.at(-1)).toEqual({ file: '…', reason: 'Besides those listed, 5 more bad cells.' })
  })

  test('an image with hardly a cell among full ones is pointed out', () => {
    const log = new ImportLog()
    const full = Array.from({ length: 5 }, (_, i) => image(i + 1, 'a', 200, i))
    warnOfSparseAnnotation([...full, image(9, 'a', 3, 4), image(10, 'a', 3, 90), image(11, 'b', 3, 4)], log)
    expect(log.warnings.map(({ file }) => file)).toEqual(['9.png'])
  })
})
