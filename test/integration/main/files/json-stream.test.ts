import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import { readJsonLists } from '../../../../src/main/files/json-stream.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function read(
  text: string | Buffer,
  wanted: string[]
): Promise<{ found: string[]; entries: [string, unknown][] }> {
  const path = join(await temporaryFolder(), 'x.json')
  await writeFile(path, text)
  const entries: [string, unknown][] = []
  const found = await readJsonLists(path, wanted, (list, value) => entries.push([list, value]))
  return { found: [...found], entries }
}

describe('reading lists out of large JSON', () => {
  test('gives each entry of the wanted lists and nothing else', async () => {
    const value = {
      info: { a: [1, { b: ']}"' }] },
      images: [{ id: 1 }, [2], 'th,ree', 4, null, true],
      other: [[[]]],
      n: null
    }
    const { found, entries } = await read(JSON.stringify(value), ['images', 'annotations'])
    expect(found).toEqual(['images'])
    expect(entries).toEqual(value.images.map((entry) => ['images', entry]))
  })

  test('takes the values of an object keyed by id', async () => {
    const { entries } = await read('{ "annotations" : {"7": {"id": 7}, "8":{"id":8} } }', ['annotations'])
    expect(entries).toEqual([
      ['annotations', { id: 7 }],
      ['annotations', { id: 8 }]
    ])
  })

  test('reads the same whatever the places where the stream is cut', async () => {
    const entry = { id: 1, text: 'back\\slash "quote" {[', numbers: [1.5, -2e-3], letters: 'äµ🧫' }
    const count = 40_000 // some 3 MB, three chunks
    const { entries } = await read(
      `{"images":[${Array.from({ length: count }, () => JSON.stringify(entry)).join(',\n')}]}`,
      ['images']
    )
    expect(entries).toHaveLength(count)
    expect(entries.every(([, value]) => JSON.stringify(value) === JSON.stringify(entry))).toBe(true)
  })

  test('skips a byte order mark', async () => {
    expect((await read(Buffer.from('\uFEFF{"images":[1]}'), ['images'])).entries).toEqual([['images', 1]])
  })

  test.each([
    ['', /it is empty/],
    ['[{"id":1}]', /a list, where an object is expected/],
    ['{"images":[1,2', /ends in the middle \(line 1\)/],
    ['{"images":\n[1,\n{"a":}]}', /entry 2 of "images" is not valid JSON \(line 3\)/],
    ['{"images":"none"}', /"images" is "none", where a list is expected/],
    ['{"images":[]} {}', /something follows after its end/],
    ['no json', /it is not JSON/],
    [`{"images":[${'['.repeat(1000)}`, /nested deeper than 64 levels/]
  ])('refuses %j and says why and where', async (text, sentence) => {
    await expect(read(text, ['images'])).rejects.toThrow(sentence)
  })

  test('holds one entry at a time, not the file', async () => {
    const path = join(await temporaryFolder(), 'large.json')
    const stream = createWriteStream(path)
    const entry = `${JSON.stringify({ id: 1, segmentation: [Array.from({ length: 400 }, (_, i) => i * 1.37)] })},`
    stream.write('{"annotations":[')
    for (let i = 0; i < 40; i++) stream.write(entry.repeat(400))
    stream.end('0]}')
    await finished(stream)
    const before = process.memoryUsage().heapUsed
    let [count, peak] = [0, 0]
    await readJsonLists(path, ['annotations'], () => {
      count++
      if (count % 1000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed - before)
    })
    expect(count).toBe(16_001)
    expect(peak).toBeLessThan(80 * 1024 * 1024) // the file is 50 MB of text, 100 MB with its parsed numbers
  })
})
