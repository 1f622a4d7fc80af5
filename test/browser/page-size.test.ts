import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const page = join(import.meta.dirname, '../../out/renderer')
const kilobyte = 1000

const files = readdirSync(page, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'built-from.txt')
  .map(({ parentPath, name }) => ({ name, bytes: readFileSync(join(parentPath, name)) }))

test('the whole page is under 400 kB, compressed', () => {
  const compressed = files.map(({ bytes }) => gzipSync(bytes).length)
  expect(compressed.length).toBeGreaterThan(10)
  expect(compressed.reduce((sum, length) => sum + length, 0)).toBeLessThan(400 * kilobyte)
})

test('no script is over 150 kB, as it is served, before the first screen or after', () => {
  const scripts = files.filter(({ name }) => name.endsWith('.js'))
  const first = readFileSync(join(page, 'index.html'), 'utf8').match(/[\w.-]+\.js/g) ?? []
  expect(scripts.map(({ name }) => name)).toEqual(expect.arrayContaining([...new Set(first)]))
  expect(scripts.filter(({ bytes }) => bytes.length > 150 * kilobyte).map(({ name }) => name)).toEqual([])
})
