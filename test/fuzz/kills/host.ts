/**
 * A program that is going to be killed: opens the workspace, goes on with what was left, keeps a queue of ten tasks of all
 * kinds filled, and says on standard output what was finished, a line each.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../../src/shared/tasks.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { createApp } from '../../../src/main/app.ts'
import { defaultEnvironment } from '../../../src/main/environment.ts'
import { dispatch } from '../../../src/main/services/dispatch.ts'

const [workspace = '', seedText = '0'] = process.argv.slice(2)
const seed = Number(seedText)
const queueLength = 10
const sample = join(import.meta.dirname, '../../../resources/sample')

const app = await createApp(defaultEnvironment({ workspace, engineFolder: join(workspace, '../engines') }))
app.onEvent((event) => {
  if (event.event !== 'task.changed') return
  const { id, kind, state, outcome } = event.task
  if (state === 'done') process.stdout.write(`${JSON.stringify({ id, kind, things: thingsIn(outcome) })}\n`)
  if (state === 'failed') process.stdout.write(`${JSON.stringify({ id, kind, failed: event.task.error })}\n`)
})

await takeUp()
process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
setInterval(() => void fillQueue(), 150)

/** One press for each thing that was left: goes on with it, or begins it anew. */
async function takeUp(): Promise<void> {
  for (const task of await list()) {
    if (task.plan !== undefined || task.dismissed) continue
    if (task.state === 'paused') await ask('tasks.resume', { id: task.id })
    if (task.state === 'interrupted') await ask('tasks.again', { id: task.id }).catch(() => undefined)
  }
}

let number = 0
let isFilling = false

async function fillQueue(): Promise<void> {
  if (isFilling) return
  isFilling = true
  const active = (await list()).filter(({ plan, state }) => plan === undefined && isAtWork(state))
  for (let i = active.length; i < queueLength; i++) {
    const request = nextRequest()
    if (request !== undefined) await ask('tasks.start', request).catch(() => undefined)
  }
  isFilling = false
}

function isAtWork(state: Task['state']): boolean {
  return ['waiting', 'running', 'stopping'].includes(state)
}

/** A task of some kind whose input is there. */
function nextRequest(): { kind: string; input: object } | undefined {
  const draw = new RandomStream(seed, 'kills', number++)
  const name = `${seed}-${number}`
  const [dataset, prepared, run, synthetic, file] = [
    pick(draw, 'datasets'),
    pick(draw, 'prepared'),
    pick(draw, 'runs'),
    pick(draw, 'synthetic'),
    pick(draw, 'packages')
  ]
  const requests = [
    { kind: 'import', input: { source: sample, name, format: 'labels', classFrom: 'none', maxImages: 8 } },
    { kind: 'look', input: { source: sample } },
    { kind: 'generate', input: { run: 'starter', name, count: 4, engine: 'wasm' } },
    dataset && { kind: 'prepare', input: { dataset, name, tile: 32, scale: 0.5 } },
    prepared && { kind: 'train', input: { prepared, name, preset: 'demo', iterations: 6, batch: 4, engine: 'wasm' } },
    run && { kind: 'evaluate', input: { run, count: 4, engine: 'wasm' } },
    synthetic && { kind: 'package', input: { set: synthetic, out: join(workspace, 'packages', `${name}.zip`) } },
    file && { kind: 'verify', input: { file: join(workspace, 'packages', file) } },
    file && { kind: 'open', input: { file: join(workspace, 'packages', file), name } }
  ].filter((request) => request !== undefined && request !== '')
  return requests[Math.floor(uniform(draw) * requests.length)]
}

function pick(draw: RandomStream, collection: string): string | undefined {
  const isThing = (name: string): boolean => (collection === 'packages' ? name.endsWith('.zip') : !name.startsWith('.'))
  const names = readdirSync(join(workspace, collection)).filter(isThing)
  return names[Math.floor(uniform(draw) * names.length)]
}

/** Ids of what a task made, wherever they stand in its outcome. */
function thingsIn(outcome: unknown): string[] {
  const made = ['dataset', 'prepared', 'run', 'synthetic']
  if (typeof outcome !== 'object' || outcome === null) return []
  return Object.entries(outcome).flatMap(([key, value]: [string, unknown]) =>
    made.includes(key) && typeof value === 'object' && value !== null && 'id' in value ? [String(value.id)] : []
  )
}

async function list(): Promise<Task[]> {
  return ((await ask('tasks.list', { all: true })) as { tasks: Task[] }).tasks
}

async function ask(name: string, input: unknown): Promise<unknown> {
  const context = { signal: new AbortController().signal, progress: () => undefined }
  const reply = await dispatch(app.handlers, name, input, context, () => undefined)
  if ('error' in reply) throw new Error(reply.error.message)
  return reply.output
}

/** 0 up to but not including 1. */
function uniform(draw: RandomStream): number {
  return draw.uint32() / 2 ** 32
}
