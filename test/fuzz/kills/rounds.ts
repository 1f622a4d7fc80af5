import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { RandomStream } from '../../../src/shared/random.ts'
import { type Catalog, openCatalog } from '../../../src/main/catalog/catalog.ts'
import { createApp } from '../../../src/main/app.ts'
import { defaultEnvironment } from '../../../src/main/environment.ts'

const ChildReport = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.string(), kind: z.string(), things: z.array(z.string()) }),
  z.object({ id: z.string(), kind: z.string(), failed: z.unknown() })
])

export interface KillOptions {
  readonly workspace: string
  readonly rounds: number
  readonly seed: number
  /** The longest that a program lives after it is ready, in milliseconds. */
  readonly longestMilliseconds: number
  readonly report: (line: string) => void
}

/** What was found: nothing, if the program keeps its word. */
export interface KillFindings {
  readonly findings: readonly string[]
  readonly finishedTasks: number
  readonly kinds: ReadonlyMap<string, number>
}

/**
 * Starts a program that works through a queue of ten, kills it at a random moment, and looks whether catalogue and folders
 * agree, nothing that was finished is lost, and nothing is half there; again and again on the same workspace.
 */
export async function killRounds({
  workspace,
  rounds,
  seed,
  longestMilliseconds,
  report
}: KillOptions): Promise<KillFindings> {
  mkdirSync(workspace, { recursive: true })
  const ledger: Ledger = { tasks: new Set(), things: new Set(), kinds: new Map() }
  const findings: string[] = []
  for (let round = 0; round < rounds; round++) {
    const wait = (new RandomStream(seed, 'kill', round).uint32() / 2 ** 32) * longestMilliseconds
    const failures = takeDown(ledger, await liveAndDie(workspace, seed * 100_000 + round, wait))
    const found = await examine(workspace, ledger)
    for (const line of [...failures, ...found]) report(`round ${round}: ${line}`)
    findings.push(...found, ...failures.filter((line) => line.includes('exists already')))
  }
  return { findings, finishedTasks: ledger.tasks.size, kinds: ledger.kinds }
}

/** What was said to be finished. */
interface Ledger {
  readonly tasks: Set<string>
  readonly things: Set<string>
  readonly kinds: Map<string, number>
}

/**
 * @returns what failed; no finding but where something half made stands in its way, as the run that it names may have been
 * killed before its first safe point
 */
function takeDown(ledger: Ledger, lines: readonly string[]): string[] {
  const told = lines.map((line) => ChildReport.parse(JSON.parse(line)))
  for (const each of told) {
    if (!('things' in each)) continue
    ledger.tasks.add(each.id)
    ledger.kinds.set(each.kind, (ledger.kinds.get(each.kind) ?? 0) + 1)
    for (const thing of each.things) ledger.things.add(thing)
  }
  return told.flatMap((each) => ('failed' in each ? [`${each.kind} failed: ${JSON.stringify(each.failed)}`] : []))
}

/** @returns what it said before it was killed */
async function liveAndDie(workspace: string, seed: number, wait: number): Promise<string[]> {
  const host = spawn(process.execPath, [join(import.meta.dirname, 'host.ts'), workspace, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const lines: string[] = []
  await new Promise<void>((resolve) => {
    host.once('exit', () => resolve())
    createInterface({ input: host.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.includes('"ready"')) resolve()
    })
  })
  await setTimeout(wait)
  await kill(host)
  return lines
}

async function kill(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null) throw new Error(`The program ended by itself, with ${host.exitCode}.`)
  const closed = once(host, 'close') // not exit: what it had said is still to be read
  host.kill('SIGKILL')
  await closed
}

async function examine(workspace: string, ledger: Ledger): Promise<string[]> {
  const app = await createApp(defaultEnvironment({ workspace }))
  await app.close()
  const catalog = openCatalog(join(workspace, 'catalog.sqlite'))
  try {
    return [
      ...examineFolders(workspace, catalog),
      ...examineLedger(catalog, ledger),
      ...examinePackages(workspace, catalog)
    ]
  } finally {
    catalog.close()
  }
}

function thingsOf(catalog: Catalog) {
  return {
    datasets: catalog.datasets.list(),
    prepared: catalog.prepared.list(),
    runs: catalog.runs.list(),
    synthetic: catalog.synthetic.list()
  }
}

/** Every folder has its row, every row its folder; nothing hidden is left. */
function examineFolders(workspace: string, catalog: Catalog): string[] {
  return Object.entries(thingsOf(catalog)).flatMap(([collection, things]) => {
    const ids = things.map(({ id }): string => id)
    const names = readdirSync(join(workspace, collection))
    const isWhole = (id: string): boolean => existsSync(join(workspace, collection, id, 'about.json'))
    return [
      ...names.filter((name) => !ids.includes(name)).map((name) => `${collection}/${name} is in no list`),
      ...ids.filter((id) => !isWhole(id)).map((id) => `${collection} lists ${id} without its folder`)
    ]
  })
}

/** What was finished is there and done; nothing looks as if it were at work. */
function examineLedger(catalog: Catalog, { tasks, things }: Ledger): string[] {
  const known = new Set<string>(Object.values(thingsOf(catalog)).flatMap((all) => all.map(({ id }) => id)))
  const states = new Map<string, string>(catalog.tasks.list().map(({ id, state }) => [id, state]))
  const active = catalog.tasks.active().filter(({ plan }) => plan === undefined)
  return [
    ...[...things].filter((thing) => !known.has(thing)).map((thing) => `${thing} was finished and is lost`),
    ...[...tasks].filter((id) => states.get(id) !== 'done').map((id) => `task ${id} was done and is ${states.get(id)}`),
    ...active.map(({ id, kind, state }) => `task ${id} (${kind}) is still ${state}`)
  ]
}

/** Every package that is listed is whole, and every one that is there is listed. */
function examinePackages(workspace: string, catalog: Catalog): string[] {
  const listed = catalog.packages.list().map(({ file, bytes }) => ({ file: resolve(workspace, file), bytes }))
  const broken = listed.filter(({ file, bytes }) => !existsSync(file) || statSync(file).size !== bytes)
  const names = readdirSync(join(workspace, 'packages'))
  const isListed = (name: string): boolean => listed.some(({ file }) => file === join(workspace, 'packages', name))
  return [
    ...broken.map(({ file }) => `the package ${file} is listed and not whole`),
    ...names
      .filter((name) => /\.(?:zip|cytoloom)$/.test(name) && !isListed(name))
      .map((name) => `packages/${name} is in no list`),
    ...names.filter((name) => name.includes('.partial-')).map((name) => `packages/${name} was left half made`)
  ]
}
