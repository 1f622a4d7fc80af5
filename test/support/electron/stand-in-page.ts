import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import ts from 'typescript'
import { type Desktop } from '../../../src/shared/desktop.ts'
import { Emitter } from './emitter.ts'

/** A frame: `origin` and `url` tell whose page it shows. */
export interface Frame {
  readonly url: string
}

type Invoke = (frame: Frame | null, channel: string, args: readonly unknown[]) => Promise<unknown>

/**
 * The page's side of a window. The preload runs in a context of its own with a `require` that knows nothing but Electron's
 * own modules (sandboxed preloads); what it exposes is copied and frozen, and all that the page sees of it (context
 * isolation). Messages pass as structured clones; what a handler throws arrives as an Error that names the channel.
 */
export class StandInPage {
  /** What the preload put into the page's `window`. */
  readonly world: { cytoloom?: Desktop } & Record<string, unknown> = {}
  readonly frame: Frame
  readonly #incoming = new Emitter()
  readonly #invoke: Invoke

  constructor(url: string, invoke: Invoke) {
    this.frame = { url }
    this.#invoke = invoke
    runPreload({
      contextBridge: {
        exposeInMainWorld: (name: string, api: object) => {
          this.world[name] = Object.freeze({ ...api })
        }
      },
      ipcRenderer: {
        invoke: (channel: string, ...args: unknown[]) => this.invokeFrom(this.frame, channel, ...args),
        on: (channel: string, listener: (...args: unknown[]) => void) => this.#incoming.on(channel, listener),
        off: (channel: string, listener: (...args: unknown[]) => void) => this.#incoming.off(channel, listener)
      },
      webUtils: {
        getPathForFile: (file: unknown) => {
          if (!(file instanceof File)) throw new TypeError('getPathForFile expects a File')
          return placesOfFiles.get(file) ?? '' // a file that a script made has no path
        }
      }
    })
  }

  /** The page as the app gave it to itself. */
  get api(): Desktop {
    if (this.world.cytoloom === undefined) throw new Error('The preload exposed nothing.')
    return this.world.cytoloom
  }

  /** As a frame could that got hold of the channel. */
  async invokeFrom(frame: Frame | null, channel: string, ...args: unknown[]): Promise<unknown> {
    const copies = args.map((each): unknown => structuredClone(each)) // throws for functions, as Electron does
    try {
      return structuredClone(await this.#invoke(frame, channel, copies))
    } catch (thrown) {
      throw new Error(`Error invoking remote method '${channel}': ${String(thrown)}`, { cause: thrown })
    }
  }

  receive(channel: string, args: readonly unknown[]): void {
    this.#incoming.emit(channel, {}, ...args.map((each): unknown => structuredClone(each)))
  }
}

/** Where dropped files lie. */
export const placesOfFiles = new WeakMap<File, string>()

const preload = ts.transpileModule(readFileSync(join(import.meta.dirname, '../../../src/preload/index.ts'), 'utf8'), {
  compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 }
}).outputText

function runPreload(electron: object): void {
  const require = (name: string): object => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`) // a sandboxed preload has no Node
  }
  runInNewContext(preload, { require, exports: {}, module: { exports: {} } })
}
