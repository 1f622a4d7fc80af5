import { spawn } from 'node:child_process'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What one part of the check came to. */
export interface Part {
  readonly part: string
  readonly engine?: string
  readonly state: 'done' | 'failed' | 'not run'
  readonly seconds: number
  /** What it found, in a few words; or why it failed or was not run. */
  readonly says: string
  readonly numbers?: Readonly<Record<string, number>>
}

/** How a program that was started ended. */
export interface Ending {
  /** Undefined where there is no such program, or it was stopped because its time was over. */
  readonly status: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** The most memory of the card that was in use meanwhile, beyond what was before: bytes. */
  readonly cardBytes?: number
}

const root = join(import.meta.dirname, '../..')
/** Between two looks at the card's memory, in milliseconds. */
const lookEvery = 500

/** Runs a program to its end, or stops it when its seconds are over; all that it says goes into the log too. */
export async function runProgram(
  program: string,
  words: readonly string[],
  { seconds, log, watchesCard = false }: { seconds: number; log: string; watchesCard?: boolean }
): Promise<Ending> {
  const began = performance.now()
  const before = watchesCard ? await cardMemory() : undefined
  const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr, most] = ['', '', before ?? 0]
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds)
  const looks = setInterval(() => {
    if (before !== undefined) void cardMemory().then((now) => (most = Math.max(most, now ?? 0)))
  }, lookEvery)
  const status = await new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => resolve(code ?? undefined))
  })
  clearTimeout(timer)
  clearInterval(looks)
  await appendFile(log, `$ ${program} ${words.join(' ')}\n${stdout}${stderr}status ${status ?? 'none'}\n\n`)
  const cardBytes = before === undefined ? {} : { cardBytes: most - before }
  return { status, stdout, stderr, seconds: (performance.now() - began) / 1000, ...cardBytes }
}

/** Bytes in use on the first NVIDIA card; undefined where there is none. */
async function cardMemory(): Promise<number | undefined> {
  const text = await outputOf('nvidia-smi', ['--query-gpu=memory.used', '--format=csv,noheader,nounits'])
  const mebibytes = Number.parseInt(text ?? '', 10)
  return Number.isNaN(mebibytes) ? undefined : mebibytes * 2 ** 20
}

/** What a program prints; undefined where it is not there or fails. */
export function outputOf(program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (some: Buffer) => (text += some.toString()))
    child.on('error', () => resolve(undefined))
    child.on('close', (status) => resolve(status === 0 ? text.trim() : undefined))
  })
}

/** The line that says what went wrong, or else the last one, for a table. */
export function lastLine(text: string): string {
  const lines = text.trim().split('\n')
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').slice(0, 160)
}
