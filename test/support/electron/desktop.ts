import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { type App } from '../../../src/main/app.ts'
import { type Input, type Output, type Reply, type RequestName } from '../../../src/shared/api.ts'
import { type DeskInput, type DeskOutput, type DeskRequest } from '../../../src/shared/desk.ts'
import * as errors from '../../../src/shared/errors.ts'
import { StandIn, type StandInPlaces } from './stand-in.ts'
import { type StandInPage } from './stand-in-page.ts'

interface StartOptions extends Partial<StandInPlaces> {
  /** Instead of the real app on the workspace below. */
  readonly app?: App
  /** What it is started with. */
  readonly words?: readonly string[]
  readonly first?: StandIn
  /** What the person answers to the first dialogs. */
  readonly answers?: readonly object[]
  /** Whether whoever starts it names a workspace. */
  readonly isWorkspaceNamed?: boolean
}

/** Runs `src/main/index.ts` as it is, over a stand-in for Electron and a page of one line. */
export async function startDesktop(folder: string, options: StartOptions = {}): Promise<StandIn> {
  const { app, words = [], first, answers = [], isWorkspaceNamed = true, ...places } = options
  const userData = join(folder, 'user')
  const page = join(folder, 'page')
  for (const each of [userData, page]) mkdirSync(each, { recursive: true })
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>CytoLoom</title>')

  const system = new StandIn({ userData, ...places }, first)
  system.answers.push(...answers)
  vi.resetModules()
  vi.doMock('electron', () => system.module)
  vi.doMock('../../../src/shared/errors.ts', () => errors) // a test's AppError is the host's
  vi.doMock('../../../src/main/web/page.ts', async (original) => ({
    ...(await original<object>()),
    pageFolder: () => page
  }))
  if (app === undefined) vi.doUnmock('../../../src/main/app.ts')
  else vi.doMock('../../../src/main/app.ts', () => ({ createApp: () => Promise.resolve(app) }))
  vi.stubEnv('CYTOLOOM_WORKSPACE', isWorkspaceNamed ? join(folder, 'workspace') : undefined)
  const started = process.argv
  process.argv = ['electron', ...words]
  try {
    await import('../../../src/main/index.ts')
  } finally {
    process.argv = started
  }
  await vi.waitUntil(() => system.exitCode !== undefined || isShown(system), { timeout: 20_000, interval: 10 })
  return system
}

function isShown({ windows, shown }: StandIn): boolean {
  const isPainted = windows.length > 0 && windows.every(({ states }) => states.includes('shown'))
  return isPainted || shown.some(({ kind }) => kind === 'error')
}

/** The page in the window that was opened last. */
export function pageOf(system: StandIn): StandInPage {
  const { page } = system.window.webContents
  if (page === undefined) throw new Error('The page is not there.')
  return page
}

/** What the page does with what the preload gives it. */
export interface PageClient {
  readonly events: unknown[]
  /** Where the window was told to go. */
  readonly visited: string[]
  /** @throws AppError with the app's sentence if the request fails. */
  call<N extends RequestName>(name: N, input: Input<N>): Promise<Output<N>>
  ask<N extends DeskRequest>(name: N, input: DeskInput<N>): Promise<DeskOutput<N>>
}

export function pageClient(system: StandIn): PageClient {
  const { api } = pageOf(system)
  const events: unknown[] = []
  const visited: string[] = []
  api.listen((event) => events.push(event))
  api.onGoTo((address) => visited.push(address))
  const send = async (name: string, input: unknown): Promise<unknown> => {
    const reply = (await api.send(name, input)) as Reply // as the table has it: the host parsed it
    if ('error' in reply) throw errors.fromWireError(reply.error)
    return reply.output
  }
  return {
    events,
    visited,
    call: async (name, input) => (await send(name, input)) as Output<typeof name>,
    ask: async (name, input) => (await send(name, input)) as DeskOutput<typeof name>
  }
}
