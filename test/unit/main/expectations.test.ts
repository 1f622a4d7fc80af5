import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/expectations.md'), 'utf8')

interface Expectation {
  readonly name: string
  readonly held: string
  readonly tests: readonly { readonly file: string; readonly name: string }[]
  readonly note: string
}

const expectations = page
  .split('\n')
  .filter((line) => /^\| E\d/.test(line))
  .map((line): Expectation => {
    const [name = '', , held = '', shown = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    const tests = [...shown.matchAll(/`(test\/[^`]+\.test\.ts) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({
      file,
      name: title
    }))
    return { name, held, tests, note: shown.split('<br>').slice(tests.length).join(' ') }
  })

/** As it stands in the source, whichever quotes it has. */
function titlesIn(file: string): string {
  return readFileSync(join(root, file), 'utf8').replace(/\\(['"`])/g, '$1')
}

test('all thirty expectations are answered, each with the tests that show it or what is missing', () => {
  expect(expectations.map(({ name }) => name)).toEqual(Array.from({ length: 30 }, (_, i) => `E${i + 1}`))
  for (const { name, held, tests, note } of expectations) {
    expect([name, held]).toEqual([name, expect.stringMatching(/^(?:yes|part|no)$/)])
    expect([name, held === 'yes' ? tests.length > 0 : note.length > 0]).toEqual([name, true])
  }
})

test.each(expectations.flatMap(({ name, tests }) => tests.map((each) => [name, each.file, each.name] as const)))(
  '%s is shown by a test that is there: %s › %s',
  (_, file, title) => {
    const source = titlesIn(file)
    expect(["'", '"', '`'].some((quote) => source.includes(quote + title + quote))).toBe(true)
  }
)
