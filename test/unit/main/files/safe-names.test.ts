import { describe, expect, test } from 'vitest'
import { safePath, SafeNames } from '../../../../src/main/files/safe-names.ts'

describe('safe file names', () => {
  test('leaves ordinary names alone, spaces, umlauts and emoji among them', () => {
    for (const name of ['A172_Phase_C7_1_02d16h00m_2.tif', 'fluorescence/Größe 10 µm.png', 'zellen 🧫.tiff']) {
      expect(safePath(name)).toBe(name)
    }
  })

  test('replaces what Windows forbids in a name', () => {
    expect(safePath('a:b*c?.png')).toBe('a_b_c_.png')
    expect(safePath('con.png')).toBe('_con.png')
    expect(safePath('LPT1')).toBe('_LPT1')
    expect(safePath('end. ')).toBe('end__')
  })

  test('keeps a path below its folder', () => {
    expect(safePath('../../etc/passwd')).toBe('__/__/etc/passwd')
    expect(safePath('/abs/olute.png')).toBe('abs/olute.png')
    expect(safePath('C:\\data\\x.png')).toBe('C_/data/x.png')
  })

  test('cuts a name of 300 characters to what file systems allow and keeps its extension', () => {
    const [long, other] = [`${'ä'.repeat(300)}.tif`, `${'ä'.repeat(301)}.tif`]
    expect(Buffer.byteLength(safePath(long))).toBeLessThanOrEqual(200)
    expect(safePath(long)).toMatch(/~[\da-f]{8}\.tif$/)
    expect(safePath(long)).not.toBe(safePath(other))
  })

  test('tells names apart that differ in case or in the way accents are written', () => {
    const names = new SafeNames()
    expect(names.take('Cell.png')).toBe('Cell.png')
    expect(names.take('cell.png')).toBe('cell-2.png')
    expect(names.take('CELL.PNG')).toBe('CELL-3.PNG')
    expect(names.take('é.png')).toBe('é.png')
    expect(names.take('e\u0301.png')).toBe('é-2.png')
  })
})
