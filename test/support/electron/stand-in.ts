import { Emitter, newEvent } from './emitter.ts'
import { type Frame } from './stand-in-page.ts'
import { StandInSession } from './stand-in-session.ts'
import { type StandInContents, StandInWindow } from './stand-in-window.ts'

type IpcHandler = (event: object, ...args: unknown[]) => unknown

interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly submenu?: readonly MenuItem[]
  readonly click?: () => void
}

interface Shown {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Of what a stand-in was given or told. */
export interface StandInPlaces {
  readonly userData: string
  readonly isPackaged?: boolean
  readonly isDark?: boolean
}

/**
 * What CytoLoom uses of Electron 45, behaving as its documentation says (`electron.d.ts`, the pages on security, fuses,
 * application lifecycle): for machines where the binary cannot be had. It draws nothing; what it is asked is kept, and a
 * test answers dialogs and does what a person, a page or the system would.
 */
export class StandIn {
  isReady = false
  readonly windows: StandInWindow[] = []
  focused: StandInWindow | undefined
  readonly session = new StandInSession(() => this.isReady)
  readonly shown: Shown[] = []
  /** What the person answers to the next dialogs; without one a dialog stays open. */
  readonly answers: object[] = []
  readonly notifications: Emitter[] = []
  readonly inFolder: string[] = []
  readonly openedPaths: string[] = []
  readonly crashReporter: object[] = []
  readonly awake = new Set<number>()
  readonly calls: string[] = []
  /** What it would be started anew with when it ends. */
  readonly relaunches: unknown[] = []
  menu: readonly MenuItem[] = []
  copied = ''
  exitCode: number | undefined
  readonly app: Emitter
  readonly #handlers = new Map<string, IpcHandler>()
  readonly #places: StandInPlaces
  readonly #first: StandIn | undefined
  #isQuitting = false

  /** @param first the instance that has the lock, of the same user data folder */
  constructor(places: StandInPlaces, first?: StandIn) {
    this.#places = places
    this.#first = first
    this.app = Object.assign(new Emitter(), this.#app())
  }

  /** The window that was opened last. */
  get window(): StandInWindow {
    const window = this.windows.at(-1)
    if (window === undefined) throw new Error('There is no window.')
    return window
  }

  /** What `import … from 'electron'` gives in the main process. */
  get module(): Readonly<Record<string, unknown>> {
    return {
      app: this.app,
      BrowserWindow: windowClass(this),
      clipboard: {
        writeText: (text: string) => {
          this.copied = text
          return Promise.resolve()
        }
      },
      crashReporter: { start: (options: object) => void this.crashReporter.push(options) },
      dialog: this.#dialog(),
      ipcMain: { handle: this.#handle, removeHandler: (channel: string) => this.#handlers.delete(channel) },
      Menu: { buildFromTemplate: (items: readonly MenuItem[]) => items, setApplicationMenu: this.#setMenu },
      nativeTheme: Object.assign(new Emitter(), { shouldUseDarkColors: this.#places.isDark ?? false }),
      Notification: notificationClass(this),
      powerSaveBlocker: this.#powerSaveBlocker(),
      protocol: { registerSchemesAsPrivileged: this.session.registerSchemesAsPrivileged.bind(this.session) },
      screen: { getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }) },
      session: { defaultSession: this.session },
      shell: {
        showItemInFolder: (path: string) => void this.inFolder.push(path),
        openPath: (path: string) => {
          this.openedPaths.push(path)
          return Promise.resolve('')
        },
        openExternal: (url: string) => Promise.reject(new Error(`Nothing may be opened outside: ${url}`))
      }
    }
  }

  /** Calls the handler of a channel for a frame; Electron answers where there is none. */
  invoke(
    sender: StandInContents,
    senderFrame: Frame | null,
    channel: string,
    args: readonly unknown[]
  ): Promise<unknown> {
    const handler = this.#handlers.get(channel)
    if (handler === undefined) return Promise.reject(new Error(`No handler registered for '${channel}'`))
    return Promise.resolve(handler({ sender, senderFrame }, ...args))
  }

  /** Without a listener of `window-all-closed` the app quits when its last window is closed. */
  allClosed(): void {
    if (this.#isQuitting) return
    if (this.app.listenerCount('window-all-closed') > 0) this.app.emit('window-all-closed')
    else this.quit()
  }

  /** `before-quit`, then every window is closed; if none objects `will-quit`, and then the end. */
  quit(): void {
    if (this.exitCode !== undefined || this.app.ask('before-quit')) return
    this.#isQuitting = true
    const isClosed = [...this.windows].every((window) => window.close())
    this.#isQuitting = false
    if (!isClosed || this.app.ask('will-quit')) return
    this.app.emit('quit', newEvent({}), 0)
    this.exitCode = 0
  }

  /** An item of the menu by its label, as if it were chosen. */
  choose(label: string): void {
    const all = (items: readonly MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...all(item.submenu ?? [])])
    const item = all(this.menu).find((each) => each.label === label)
    if (item?.click === undefined) throw new Error(`The menu has no "${label}".`)
    item.click()
  }

  #app() {
    const beforeReady = (name: string): void => {
      if (this.isReady) throw new Error(`app.${name}() can only be called before app is ready`)
      this.calls.push(name)
    }
    return {
      isPackaged: this.#places.isPackaged ?? false,
      /** Never within the turn of the loop in which the program begins. */
      whenReady: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        this.isReady = true
      },
      enableSandbox: () => {
        beforeReady('enableSandbox')
      },
      getPath: (name: string) => (name === 'userData' ? this.#places.userData : `${this.#places.userData}/${name}`),
      setAppLogsPath: () => undefined,
      setAboutPanelOptions: () => undefined,
      setLoginItemSettings: () => void this.calls.push('setLoginItemSettings'),
      /** Only one instance of a user data folder gets the lock; the others' data come to it as `second-instance`. */
      requestSingleInstanceLock: (data: object = {}): boolean => {
        const first = this.#first
        if (first === undefined) return true
        const copy: unknown = JSON.parse(JSON.stringify(data))
        setImmediate(() => first.app.emit('second-instance', newEvent({}), ['electron'], '/', copy))
        return false
      },
      quit: () => {
        this.quit()
      },
      relaunch: (options: object = {}) => void this.relaunches.push(options),
      exit: (code: number) => {
        this.windows.splice(0)
        this.exitCode = code
      }
    }
  }

  /** Dialogs do not block the process; one whose signal is aborted closes as if it were cancelled. */
  #dialog() {
    const show =
      (kind: string, cancelled: (options: Readonly<Record<string, unknown>>) => object) =>
      (...args: readonly object[]): Promise<object> => {
        const options: Readonly<Record<string, unknown>> = { ...args.at(-1) }
        this.shown.push({ kind, options })
        const answer = this.answers.shift()
        if (answer !== undefined) return Promise.resolve(answer)
        const { signal } = options
        return new Promise((resolve) => {
          if (signal instanceof AbortSignal) {
            signal.addEventListener('abort', () => {
              resolve(cancelled(options))
            })
          }
        })
      }
    return {
      showMessageBox: show('message', ({ cancelId }) => ({ response: cancelId ?? 0 })),
      showOpenDialog: show('open', () => ({ canceled: true, filePaths: [] })),
      showSaveDialog: show('save', () => ({ canceled: true, filePath: '' })),
      showErrorBox: (title: string, content: string) =>
        void this.shown.push({ kind: 'error', options: { title, content } })
    }
  }

  #powerSaveBlocker() {
    let made = 0
    return {
      start: (): number => {
        this.awake.add(++made)
        return made
      },
      stop: (id: number): boolean => this.awake.delete(id)
    }
  }

  readonly #handle = (channel: string, handler: IpcHandler): void => {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#handlers.set(channel, handler)
  }

  readonly #setMenu = (menu: readonly MenuItem[]): void => {
    this.menu = menu
  }
}

/** `new BrowserWindow` in this system, with what the class itself can tell. */
function windowClass(system: StandIn): unknown {
  return class extends StandInWindow {
    constructor(options: Readonly<Record<string, unknown>>) {
      super(system, options)
    }

    static getFocusedWindow(): StandInWindow | null {
      return system.focused ?? null
    }
  }
}

function notificationClass(system: StandIn): unknown {
  return class extends Emitter {
    readonly options: object

    constructor(options: object) {
      super()
      this.options = options
    }

    static isSupported(): boolean {
      return true
    }

    show(): void {
      system.notifications.push(this)
    }
  }
}
