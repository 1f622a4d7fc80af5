import { expect, test } from 'vitest'
import { redacted } from '../../../src/shared/redact.ts'

test.each([
  ['/home/ada/plate 3/a.tif is cut off.', '‹path›.tif is cut off.'],
  ['Cannot read "C:\\Users\\Ada Lovelace\\My Data\\cells 1.png".', 'Cannot read "‹path›.png".'],
  ["EACCES: permission denied, open '/data/patients/0815'", "EACCES: permission denied, open '‹path›'"],
  ['at load (file:///opt/CytoLoom/out/main/index.js:12:7)', 'at load (‹path›.js:12:7)'],
  ['\\\\nas\\lab\\plate.zip and ~/secret/b.npz differ', '‹path›.zip and ‹path›.npz differ'],
  ['two thirds (2/3), and/or 3 / 4 of the cells', 'two thirds (2/3), and/or 3 / 4 of the cells']
])('%s', (text, without) => {
  expect(redacted(text)).toBe(without)
})

test('of a long text without paths nothing is lost, and quickly', () => {
  const text = 'A word / and another. '.repeat(20_000)
  const begun = performance.now()
  expect(redacted(text)).toBe(text)
  expect(performance.now() - begun).toBeLessThan(2000)
})
