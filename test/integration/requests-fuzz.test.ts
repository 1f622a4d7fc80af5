import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dispatch } from '../../src/main/services/dispatch.ts'
import { type RequestName, requests } from '../../src/shared/api.ts'
import { WireError } from '../../src/shared/errors.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { isActive } from '../../src/shared/tasks.ts'
import { anyJsonOf } from '../support/any-value.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, sampleFolder, type TestApp } from '../support/test-app.ts'

/** Another seed asks other things. */
const seed = 20
const inputsEach = 6
/** The sample's first step cannot stop, and makes pictures to its end. */
const inputsOf: Partial<Record<RequestName, number>> = { 'demo.run': 2 }
/** What takes long is stopped, as by a person who does not want to wait, and has to come to its end then. */
const patience = 1500
const longest = 120_000

/** Downloads hundreds of megabytes. */
const leftOut: readonly RequestName[] = ['engine.build']
/** They take away what others are asked about. */
const last = /^(?:things\.|app\.rebuild)/
const names = (Object.keys(requests) as RequestName[]) // the table has these and no others
  .filter((name) => !leftOut.includes(name))
  .sort((a, b) => Number(last.test(a)) - Number(last.test(b)))

let folder: string
let host: TestApp
/** What may be asked about: names and ids of what is there, and of what is not. */
let known: readonly string[]
let places: readonly string[]

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  const workspace = join(folder, 'workspace')
  await makeSyntheticSet(join(workspace, 'synthetic/s-test'), 4)
  for (const name of ['named', 'beside']) await mkdir(join(folder, name))
  await writeFile(join(folder, 'beside/note.txt'), 'of somebody else')
  await writeFile(join(folder, 'beside/broken.json'), '{"images": [')
  host = await openTestApp(workspace)
  await addSampleTiles(host)
  const made = join(workspace, 'packages/made.cytoloom')
  await host.request('packages.create', { set: 's-test', out: made })
  const { datasets, prepared } = await host.request('workspace.show', {})
  const ids = [...datasets, ...prepared].map(({ id }) => id)
  known = [...ids, 'sample', 'tiles', 's-test', 'Block cells', 'starter', 'nobody', '../..', '', 'a'.repeat(5000)]
  places = [
    sampleFolder,
    made,
    join(folder, 'beside'),
    join(folder, 'beside/note.txt'),
    join(folder, 'beside/broken.json'),
    join(folder, 'named/out.zip'),
    join(folder, 'named/no/such/folder'),
    '/dev/zero',
    '/proc/self/mem',
    '\u0000'
  ]
}, 120_000)
afterAll(() => host.app.close(), 60_000)

const pathFields: ReadonlySet<string> = new Set([
  ...['source', 'images', 'annotations', 'folder', 'file', 'out', 'mask', 'truth', 'predictions', 'archive', 'wheel'],
  ...['features', 'path', 'model', 'weights', 'place', 'cluster', 'inception', 'encoder']
])

/** What the contract allows, with names and places that mean something in most texts, and numbers that end. */
function seasoned(value: unknown, field: string, random: RandomStream): unknown {
  if (typeof value === 'string') return text(value, field, random)
  if (typeof value === 'number') return Math.abs(value) > 64 && random.uniform() < 0.8 ? random.integer(64) : value
  if (Array.isArray(value)) return value.map((each) => seasoned(each, field, random))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, seasoned(each, name, random)]))
}

function text(value: string, field: string, random: RandomStream): unknown {
  if (pathFields.has(field)) return random.uniform() < 0.3 ? namedPlace(one(known, random)) : one(places, random)
  return random.uniform() < 0.7 && !isChoice.test(value) ? one(known, random) : value
}

/** A file that may be there or not, and may be written: beside the app, a relative path would be where the test runs. */
function namedPlace(name: string): string {
  return name === '' ? '\u0000' : join(folder, 'named', name.replaceAll('/', '-'))
}

/** Values of lists to choose from stay what they are: `livecell`, `native-cpu`. */
const isChoice = /^[a-z]+(?:-[a-z]+)*$/

function one<Item>(items: readonly Item[], random: RandomStream): Item {
  return items[random.integer(items.length)] as Item // within the list
}

async function answerTo(name: RequestName, input: unknown): Promise<unknown> {
  const context = { signal: AbortSignal.timeout(patience), progress: () => undefined }
  const reply = dispatch(host.app.handlers, name, input, context, () => undefined)
  const late = new Promise((resolve) => setTimeout(() => resolve('no answer'), longest).unref())
  return Promise.race([reply, late])
}

/** What was started goes on behind an answer: it is put away, so that the next is asked on a quiet app. */
async function cancelAll(): Promise<void> {
  const { tasks } = await host.request('tasks.list', {})
  for (const { id } of tasks.filter(isActive)) {
    await host.request('tasks.cancel', { id, follow: true }).catch(() => undefined) // it came to its end meanwhile
  }
}

/** All that is not the workspace's, nor where a request may be told to write. */
async function beside(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  return entries.filter((entry) => !/^(?:workspace|named)(?:$|[\\/])/.test(entry)).sort()
}

/** An answer that its schema allows has gone through it: what is left is a sentence that says why there is none. */
function requireSentence(reply: unknown, told: string): void {
  if (typeof reply === 'object' && reply !== null && 'output' in reply) return
  const { data: error } = z.object({ error: WireError }).safeParse(reply)
  const { kind = 'no answer', message = '', next = '' } = error?.error ?? {}
  expect(kind, told).toMatch(/^(?:usage|input|stopped|resources)$/)
  expect(message, told).toMatch(/^[^\n]+[.!?]$/)
  expect(`${message} ${next}`, told).not.toMatch(/\n\s+at |ENOENT|undefined|\[object/)
}

describe('Requests made from the contract, answered by the real app', () => {
  test.each(names)('%s ends in what its schema says, or in a sentence', async (name) => {
    const before = await beside()
    const inputs = fc.sample(anyJsonOf(requests[name].input), { seed, numRuns: inputsOf[name] ?? inputsEach })
    for (const [i, sound] of inputs.entries()) {
      const input = JSON.parse(JSON.stringify(seasoned(sound, '', new RandomStream(seed, name, i)))) as unknown
      const reply = await answerTo(name, input)
      const told = `${name} ${JSON.stringify(input).slice(0, 600)} → ${JSON.stringify(reply).slice(0, 600)}`
      requireSentence(reply, told)
    }
    await cancelAll()
    expect(await beside()).toEqual(before)
  })
})
