import { Emitter, newEvent } from './emitter.ts'
import { type StandIn } from './stand-in.ts'
import { type Frame, StandInPage } from './stand-in-page.ts'

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

let contentsMade = 0

/** `webContents`: loads over the session, asks before it navigates, and goes with its process. */
export class StandInContents extends Emitter {
  readonly id = ++contentsMade
  /** Empty until something was loaded, and after the process is gone. */
  page: StandInPage | undefined
  url = ''
  loads = 0
  readonly isProcessAlive = (): boolean => this.page !== undefined
  readonly #system: StandIn
  #openHandler: OpenHandler | undefined
  #isLoading = false

  constructor(system: StandIn) {
    super()
    this.#system = system
  }

  get mainFrame(): Frame {
    if (this.page === undefined) throw new Error('Render frame was disposed')
    return this.page.frame
  }

  getURL(): string {
    return this.url
  }

  isLoading(): boolean {
    return this.#isLoading
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  /** By the program, which asks nobody: `will-navigate` is for what a page does. */
  async load(url: string): Promise<void> {
    this.#isLoading = true
    this.loads += 1
    this.url = url
    const response = await this.#system.session.fetch(url)
    this.#isLoading = false
    if (response.status >= 400) throw new Error(`ERR_FAILED (${response.status}) loading '${url}'`)
    this.page = new StandInPage(url, (frame, channel, args) => this.#system.invoke(this, frame, channel, args))
    this.emit('did-finish-load')
  }

  reload(): void {
    void this.load(this.url)
  }

  send(channel: string, ...args: unknown[]): void {
    this.page?.receive(channel, args) // a page that is not there does not hear
  }

  forcefullyCrashRenderer(): void {
    this.endProcess('killed')
  }

  /** As a crash, a kill or a lack of memory does. */
  endProcess(reason: string): void {
    this.page = undefined
    this.emit('render-process-gone', newEvent({}), { reason, exitCode: 5 })
  }

  /** As a link or a script in the page does. @returns whether it went there */
  async navigate(url: string, inFrame = false): Promise<boolean> {
    const details = () => ({ url, isMainFrame: !inFrame })
    if (this.ask('will-frame-navigate', details())) return false
    if (inFrame) return true
    if (this.ask('will-navigate', details())) return false
    await this.load(url)
    return true
  }

  /** As a page's server does. @returns whether the page followed */
  redirect(url: string): boolean {
    return !this.ask('will-redirect', { url, isMainFrame: true })
  }

  /** Without a handler every window is opened. */
  opensWindow(url: string): boolean {
    return (this.#openHandler?.({ url }).action ?? 'allow') === 'allow'
  }

  /** Without somebody who prevents it every webview is attached. */
  attachesWebview(): boolean {
    return !this.ask('will-attach-webview')
  }
}

interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** `BrowserWindow`: `close` can be prevented, `closed` comes when the window is gone, `ready-to-show` after the first paint. */
export class StandInWindow extends Emitter {
  readonly options: Readonly<Record<string, unknown>>
  readonly webContents: StandInContents
  readonly progress: { value: number; mode: string | undefined }[] = []
  readonly states: string[] = []
  title: string
  background: unknown
  #bounds: Bounds
  readonly #system: StandIn

  constructor(system: StandIn, options: Readonly<Record<string, unknown>>) {
    super()
    if (!system.isReady) throw new Error('Cannot create BrowserWindow before app is ready')
    this.#system = system
    this.options = options
    this.title = String(options['title'])
    this.background = options['backgroundColor']
    const { x = 10, y = 20, width = 800, height = 600 } = options as Partial<Bounds>
    this.#bounds = { x, y, width, height }
    if (options['show'] !== false) this.states.push('shown')
    this.webContents = new StandInContents(system)
    system.windows.push(this)
    system.app.emit('web-contents-created', newEvent({}), this.webContents)
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url)
    setImmediate(() => this.isDestroyed() || this.emit('ready-to-show'))
  }

  isDestroyed(): boolean {
    return !this.#system.windows.includes(this)
  }

  isFocused(): boolean {
    return this.#system.focused === this
  }

  isMinimized(): boolean {
    return this.states.at(-1) === 'minimized'
  }

  isMaximized(): boolean {
    return this.states.includes('maximized')
  }

  minimize(): void {
    this.states.push('minimized')
  }

  maximize(): void {
    this.states.push('maximized')
  }

  restore(): void {
    this.states.push('restored')
  }

  show(): void {
    this.states.push('shown')
    this.focus()
  }

  focus(): void {
    this.#system.focused = this
  }

  getNormalBounds(): Bounds {
    return this.#bounds
  }

  setBounds(bounds: Bounds): void {
    this.#bounds = bounds
  }

  setTitle(title: string): void {
    this.title = title
  }

  setBackgroundColor(colour: string): void {
    this.background = colour
  }

  setProgressBar(value: number, options: { mode?: string } = {}): void {
    this.progress.push({ value, mode: options.mode })
  }

  /** @returns whether it is closed now */
  close(): boolean {
    if (this.ask('close')) return false
    this.#system.windows.splice(this.#system.windows.indexOf(this), 1)
    if (this.#system.focused === this) this.#system.focused = undefined
    this.webContents.page = undefined
    this.emit('closed')
    if (this.#system.windows.length === 0) this.#system.allClosed()
    return true
  }
}
