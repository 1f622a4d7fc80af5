import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const script = resolve(import.meta.dirname, '../../scripts/parity.ts')
const cases = resolve(import.meta.dirname, '../parity/cases')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parity-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

function parity(...options: string[]): Promise<{ status: number; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [script, ...options], (error, output) => {
      done({ status: error === null ? 0 : Number(error.code), output })
    })
  })
}

test('exits with 3 where there is no case, and with 2 when called wrongly', async () => {
  const [none, absent, wrongEngine, nothing] = await Promise.all([
    parity(folder, '--engine', 'cpu'),
    parity(join(folder, 'absent'), '--engine', 'cpu'),
    parity(folder, '--engine', 'abacus'),
    parity()
  ])
  expect([none.status, absent.status, wrongEngine.status, nothing.status]).toEqual([3, 3, 2, 2])
})

test('the cases that every clone has pass on WebAssembly, none left out', async () => {
  const { status, output } = await parity(cases, '--engine', 'wasm')
  expect(output.match(/^NOT OK.*$/gm)).toBeNull()
  expect(Number(/\n(\d+) comparisons, 0 not ok\n$/.exec(output)?.[1])).toBeGreaterThan(150)
  expect(status).toBe(0)
})

describe('a golden case', () => {
  test('is found below a folder and passes, with a line of its own', async () => {
    await cp(join(cases, 'engine/kid'), join(folder, 'sound', 'deep', 'kid'), { recursive: true })
    const { status, output } = await parity(join(folder, 'sound'), '--engine', 'cpu')
    expect(output).toMatch(/^ok {4} relative +\S+ absolute +\S+ \(.+\) kid: out\.\w+\n1 comparisons, 0 not ok\n$/)
    expect(status).toBe(0)
  })

  test('fails with exit status 1 when a number differs, when one was not compared, and when the kind is unknown', async () => {
    const broken = join(folder, 'broken')
    for (const [name, change] of [
      ['strict', (text: string) => text.replaceAll(/"([ra]tol)":[^,}]+/g, '"$1":0')],
      ['more', (text: string) => text.replace('"in.a":', '"out.more":{"role":"expected","rtol":1,"atol":1},"in.a":')],
      ['unknown', (text: string) => text.replace('"kind":"kid"', '"kind":"kidney"')]
    ] as const) {
      await cp(join(cases, 'engine/kid'), join(broken, name), { recursive: true })
      const file = join(broken, name, 'case.json')
      await writeFile(file, change(await readFile(file, 'utf8')))
    }
    const { status, output } = await parity(broken, '--engine', 'cpu')
    expect(output.match(/^NOT OK/gm)).toHaveLength(3)
    expect(output).toContain('out.more was not compared')
    expect(output).toContain('a kind of case that is not known')
    expect(status).toBe(1)
  })
})
