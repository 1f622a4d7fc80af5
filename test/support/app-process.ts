import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** `npm start` as a user has it, with its page in the browser. */
export class AppProcess {
  readonly #process: ChildProcess
  readonly #pid: number
  readonly #given = new Set<string>()
  #output = ''

  /** @param port any that is free, unless one is given */
  constructor(workspace: string, port = 0) {
    const words = ['scripts/start.ts', '--page', '--workspace', workspace, '--port', String(port)]
    this.#process = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    if (this.#process.pid === undefined) throw new Error('The app could not be started.')
    this.#pid = this.#process.pid
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString('utf8')))
    }
  }

  get output(): string {
    return this.#output
  }

  /** The address that it prints. Each lets one page in, and then it prints the next. */
  async address(): Promise<string> {
    for (;;) {
      const printed = this.#output.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/g) ?? []
      const address = printed.find((each) => !this.#given.has(each))
      if (address !== undefined) {
        this.#given.add(address)
        return address
      }
      if (this.#process.exitCode !== null) throw new Error(`The app ended: ${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Kills the engine as a crash or an out-of-memory killer would; tells how many there were. */
  killEngine(): number {
    const engines = childrenOf(this.#pid).filter(({ command }) => command.includes('engine-process'))
    for (const { pid } of engines) process.kill(pid, 'SIGKILL')
    return engines.length
  }

  /** Kills the host as a power cut would; ends when it is gone. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await ended
  }

  /** Ctrl-C; gives the exit status. */
  async stop(): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode
    const ended = new Promise<number | null>((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGINT')
    return ended
  }
}

/** Linux only: /proc tells who is whose child. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8')
        const isChild = new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)
        return isChild ? [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }] : []
      } catch {
        return [] // it ended while we looked
      }
    })
}
