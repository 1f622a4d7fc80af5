import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc, { type Arbitrary } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { type RequestName, requests } from '../../src/shared/api.ts'
import { deskRequests } from '../../src/shared/desk.ts'
import { AppError, WireError } from '../../src/shared/errors.ts'
import { Entered, entryPath, keyHeader } from '../../src/shared/web-entry.ts'
import { anyJsonOf } from '../support/any-value.ts'
import { pageOf, startDesktop } from '../support/electron/desktop.ts'
import { type StandIn } from '../support/electron/stand-in.ts'
import { FakeApp } from '../support/fake-app.ts'

const names = Object.keys(requests) as RequestName[] // the table has these and no others

/** What the handlers were given: nothing of it is carried out. */
let taken: unknown[] = []
let folder: string
let app: FakeApp
let host: WebHost
let key: string
let system: StandIn

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-fuzz-'))
  const page = join(folder, 'page')
  mkdirSync(page)
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>CytoLoom</title>')
  const refuse = (input: unknown): never => {
    taken.push(input)
    throw new AppError('stopped', 'Taken.')
  }
  app = new FakeApp(join(folder, 'workspace'), Object.fromEntries(names.map((name) => [name, refuse])))
  host = await startWebHost(app, { page })
  const ticket = new URL(host.entry()).searchParams.get('token')
  key = Entered.parse(JSON.parse((await post(entryPath, JSON.stringify({ ticket }))).text)).key
  system = await startDesktop(folder, { app })
})
afterAll(async () => {
  await host.close()
  vi.unstubAllEnvs()
  vi.doUnmock('electron')
  rmSync(folder, { recursive: true, force: true })
})

/** A connection for each: one that the host closes just now would fail. */
function post(path: string, body: string, headers: Record<string, string> = {}) {
  const own = { origin: host.origin, 'content-type': 'application/json', ...(key && { [keyHeader]: key }) }
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const options = { method: 'POST', agent: false, headers: { ...own, ...headers } }
    const sent = request(`${host.origin}${path}`, options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** What no field of ours takes, or only some do. */
const junk: Arbitrary<unknown> = fc.constantFrom(
  null,
  true,
  -1,
  0.5,
  1e308,
  '',
  '../../etc/passwd',
  '\u0000\u202e',
  'a'.repeat(100_000),
  [],
  {},
  [[[[[]]]]],
  { $where: '1' },
  Array.from({ length: 5000 }, (_, i) => i),
  JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) as unknown,
  JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": 1}}') as unknown
)

/** A request as the contract has it, of which a part was exchanged, or to which one was added. */
function almost(name: RequestName): Arbitrary<unknown> {
  const sound = anyJsonOf(requests[name].input)
  return fc.oneof(
    junk,
    sound,
    fc.tuple(sound, fc.nat(), junk).map(([value, place, other]) => exchanged(value, place, other)),
    fc.tuple(sound, junk).map(([value, other]) => ({ ...Object(value), surprise: other }) as unknown)
  )
}

function exchanged(value: unknown, place: number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return other
  const fields = Object.keys(value)
  const field = fields[place % Math.max(1, fields.length)]
  if (field === undefined) return other
  const copy: Record<string, unknown> = { ...value }
  const isDeeper = place % 3 === 0
  copy[field] = isDeeper ? exchanged(copy[field], Math.floor(place / 3), other) : other
  return Array.isArray(value) ? Object.values(copy) : copy
}

describe('Requests made from the contract, with one part that is wrong', () => {
  test.each(names)('%s: both hosts give the same sentence, and hand on only what the contract allows', async (name) => {
    await fc.assert(
      fc.asyncProperty(almost(name), async (input) => {
        const body = JSON.stringify(input)
        taken = []
        const byBrowser = JSON.parse((await post(`/api/${name}`, body)).text) as unknown
        const byWindow = await pageOf(system).api.send(name, JSON.parse(body))
        expect(byWindow).toEqual(byBrowser)
        const { error } = byBrowser as { error: unknown } // no handler answers
        expect(WireError.parse(error).kind).toMatch(/^(?:usage|stopped)$/)
        const isSound = requests[name].input.safeParse(JSON.parse(body) ?? {}).success // nothing asks with all defaults
        if (!isSound) expect(taken).toEqual([])
        expect(taken.length === 2).toBe(WireError.parse(error).kind === 'stopped')
      }),
      { numRuns: 12 }
    )
  })

  test.each(Object.entries(deskRequests))('%s is refused with any wrong part', async (name, { input: schema }) => {
    await fc.assert(
      fc.asyncProperty(junk, async (value) => {
        for (const input of [value, { thing: value }, { kind: value, name: value, many: value }]) {
          const body = JSON.stringify(input)
          const isNothing = body === 'null' || body === '{}'
          if (isNothing && schema.safeParse({}).success) continue // what has no parts has no wrong one
          const reply = JSON.parse((await post(`/api/${name}`, body)).text) as { error: unknown } // never an output
          expect(WireError.parse(reply.error).kind).toMatch(/^(?:usage|stopped)$/)
          if (WireError.parse(reply.error).kind === 'usage')
            expect(await pageOf(system).api.send(name, JSON.parse(body))).toHaveProperty('error')
        }
      }),
      { numRuns: 20 }
    )
    expect(system.shown).toEqual([])
    expect(system.inFolder).toEqual([])
  })
})

test.each(names)('%s from a foreign frame or another page is not looked at', async (name) => {
  taken = []
  const page = pageOf(system)
  for (const frame of [null, { url: page.frame.url }, { url: 'https://evil.example/' }]) {
    expect(await page.invokeFrom(frame, 'request', name, {})).toMatchObject({ error: { kind: 'usage' } })
  }
  expect((await post(`/api/${name}`, '{}', { origin: 'http://evil.example' })).status).toBe(403)
  expect((await post(`/api/${name}`, '{}', { [keyHeader]: 'a'.repeat(43) })).status).toBe(403)
  expect(taken).toEqual([])
})

test('huge requests and what is no request are refused by both hosts, and both go on', async () => {
  const page = pageOf(system)
  const huge = { name: 'a'.repeat(2_000_000) }
  expect((await post('/api/datasets.show', JSON.stringify(huge))).status).toBe(413)
  expect(await page.api.send('datasets.show', huge)).toMatchObject({ error: { kind: 'usage' } })
  for (const depth of [10_000, 300_000]) {
    const deep = `{"name": ${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(JSON.parse((await post('/api/datasets.show', deep)).text)).toMatchObject({ error: { kind: 'usage' } })
  }
  for (const name of ['', 'toString', '__proto__', 'constructor', 'desk.__proto__', 'tasks', 'tasks.list/..']) {
    expect(await page.api.send(name, {})).toMatchObject({ error: { kind: 'usage' } })
    const answer = await post(`/api/${encodeURIComponent(name)}`, '{}')
    expect(answer.text).toContain('error')
  }
  for (const name of [null, 7, {}, ['tasks.list'], Symbol.iterator.toString()]) {
    expect(await page.invokeFrom(page.frame, 'request', name, {})).toMatchObject({ error: { kind: 'usage' } })
  }
  taken = []
  expect(await page.api.send('tasks.list', {})).toMatchObject({ error: { kind: 'stopped' } })
  expect(taken).toHaveLength(1)
})
