import { readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../../src/main/files/checksum.ts'
import { unforeseen } from '../../src/main/datasets/take-image.ts'
import { differences, hashFiles } from '../support/originals.ts'
import { type Door } from './seeds.ts'
import { type Outcome, type Question, WatchedChild } from './watched-child.ts'

/** Files to be read through one door. */
export interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly door: Door
}

const mostSeconds = 10
const mostBytes = 1e9
/** A slow answer tells more than none. */
const patience = 20

/** Tries cases on a program of its own, in a folder of its own. */
export class Trials {
  readonly #folder: string
  readonly #child: WatchedChild
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
    this.#child = new WatchedChild(this.workspace)
  }

  get workspace(): string {
    return join(this.#folder, 'workspace')
  }

  /**
   * @param isQuick whether the readers are tried on one thread first, and the program only where they do something odd
   * @returns what is wrong, a sentence each; nothing where the files were read, or refused as they should be
   */
  async run({ files, door }: Case, isQuick: boolean): Promise<string[]> {
    const source = join(this.#folder, `source-${++this.#count}`)
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(source, name)), { recursive: true })
      await writeFile(join(source, name), bytes)
    }
    const questions = questionsOf(door, source, Object.keys(files), this.#count)
    const problems: string[] = []
    for (const question of isQuick ? await this.#worthAsking(questions, source) : questions) {
      problems.push(...(await this.ask(question, source)).problems)
    }
    await rm(source, { recursive: true, force: true })
    return problems
  }

  /** None where the readers alone do nothing odd; but opening a sound package does more than they do. */
  async #worthAsking(questions: readonly Question[], source: string): Promise<readonly Question[]> {
    const [question, ...others] = questions
    if (question === undefined || !unguarded.has(question.request)) return questions
    const { outcome, problems } = await this.ask({ ...question, request: `unguarded ${question.request}` }, source)
    if (problems.length > 0) return questions
    return question.request === 'packages.verify' && !isRefusal(outcome) ? others : []
  }

  /**
   * Asks one question about the files of a folder, and holds the answer to what the program promises.
   *
   * @param times as much time as for one file
   */
  async ask(question: Question, source: string, times = 1): Promise<{ outcome: Outcome; problems: string[] }> {
    const [original, workspace] = [hashFiles([source]), this.#hashWorkspace()]
    const outcome = await this.#child.ask(question, times * mostSeconds + patience)
    const changes = differences(original, hashFiles([source])).map((change) => `an original: ${change}`)
    if (isRefusal(outcome) && workspace.size > 0) changes.push(...differences(workspace, this.#hashWorkspace()))
    return {
      outcome,
      problems: [...problemsOf(outcome, times), ...changes].map((says) => `${question.request}: ${says}`)
    }
  }

  /** Without the catalogue, which keeps what was asked as a task. What an import makes has a folder. */
  #hashWorkspace(): ReadonlyMap<string, string> {
    return new Map([...hashFiles([this.workspace])].filter(([path]) => !basename(path).startsWith('catalog.sqlite')))
  }

  close(): Promise<void> {
    return this.#child.close()
  }
}

/** Requests whose readers can be asked without their guards. */
const unguarded = new Set(['datasets.inspect', 'packages.verify', 'scores.files', 'masks.decode'])

function isRefusal(outcome: Outcome): boolean {
  return 'failure' in outcome || 'error' in outcome.reply
}

function problemsOf(outcome: Outcome, times: number): string[] {
  if ('failure' in outcome) return [`${outcome.failure} ${outcome.detail}`]
  const { reply, seconds, peakBytes } = outcome
  const problems: string[] = []
  if (seconds > times * mostSeconds) problems.push(`took ${seconds.toFixed(1)} s`)
  if (peakBytes > mostBytes) problems.push(`took ${Math.round(peakBytes / 1e6)} MB`)
  if ('error' in reply && reply.error.kind === 'defect')
    problems.push(`a defect: ${reply.error.details ?? reply.error.message}`)
  const text = JSON.stringify(reply)
  const at = text.indexOf(unforeseen)
  if (at >= 0) problems.push(`not foreseen: ${text.slice(at, at + 200)}`)
  return problems
}

/** A look at an import, or a check of a package, comes before the real thing. */
function questionsOf(door: Door, source: string, names: readonly string[], count: number): Question[] {
  const real = questionOf(door, source, names, count)
  if (door === 'import') return [{ request: 'datasets.inspect', input: { source } }, real]
  const file = join(source, names[0] ?? '')
  return door === 'package' ? [{ request: 'packages.verify', input: { file } }, real] : [real]
}

/** The request that takes files in, of which there may be two. */
export function questionOf(door: Door, source: string, names: readonly string[], count: number): Question {
  const [first = '', second = ''] = names.map((name) => join(source, name))
  switch (door) {
    case 'import':
      return { request: 'datasets.import', input: { source, name: `set ${count}` } }
    case 'package':
      return { request: 'packages.open', input: { file: first, name: `package ${count}` } }
    case 'score':
      return { request: 'scores.files', input: { truth: first, predictions: second, convention: 'coco' } }
    case 'decode':
      return { request: 'masks.decode', input: { mask: first, grayLevels: 4, out: `${source}-out.png` } }
    case 'engine':
      return { request: 'engine.install', input: { files: [first], trust: hashesOf(first) } }
    case 'weights':
      return { request: 'weights', input: first }
  }
}

/** Of a device there is no end to read. */
function hashesOf(file: string): string[] {
  return statSync(file).isFile() ? [sha256(readFileSync(file))] : []
}
