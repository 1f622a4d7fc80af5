import { type BrowserWindow, type Event as ElectronEvent, nativeTheme, type WebContents } from 'electron'
import { pageOrigin } from './origin.ts'
import { recoverPage } from './recovery.ts'
import { backgroundColour, openWindow } from './window.ts'

/** The windows of this program: each shows the page at an address of its own, over one app. */
export class Windows {
  readonly #all = new Set<BrowserWindow>()
  readonly #log: (thrown: unknown) => void
  #onLastClose: (event: ElectronEvent) => void = () => undefined

  constructor(log: (thrown: unknown) => void) {
    this.#log = log
    nativeTheme.on('updated', () => {
      for (const window of this.#all) window.setBackgroundColor(backgroundColour())
    })
  }

  get all(): readonly BrowserWindow[] {
    return [...this.#all]
  }

  /** The one in use, or the newest. */
  get front(): BrowserWindow | undefined {
    return this.all.find((window) => window.isFocused()) ?? this.all.at(-1)
  }

  /** The window whose page this is. */
  of(contents: WebContents): BrowserWindow | undefined {
    return this.all.find((window) => window.webContents === contents)
  }

  open(address = ''): BrowserWindow {
    const window = openWindow()
    this.#all.add(window)
    recoverPage(window, this.#log)
    window.on('close', (event) => {
      if (this.#all.size === 1) this.#onLastClose(event)
    })
    window.on('closed', () => this.#all.delete(window))
    this.#load(window, address)
    return window
  }

  /** Is asked before the last window closes, and may prevent it. */
  onLastClose(listener: (event: ElectronEvent) => void): void {
    this.#onLastClose = listener
  }

  /** Comes to the front, at this address of the page (`#/…`) if one is given. */
  show(address?: string): void {
    const window = this.front
    if (window === undefined) {
      this.open(address)
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    if (address === undefined) return
    // A page that is still being loaded would not hear.
    if (window.webContents.isLoading()) this.#load(window, address)
    else window.webContents.send('goTo', address)
  }

  send(channel: string, value: unknown): void {
    for (const window of this.#all) if (!window.isDestroyed()) window.webContents.send(channel, value)
  }

  /** @param address the place in the page, `#/…` */
  #load(window: BrowserWindow, address: string): void {
    window.loadURL(`${pageOrigin}/${address}`).catch(this.#log)
  }

  /** In the taskbar or the dock: a share of 1, `undefined` where none is known, or nothing. */
  setProgress(progress: number | undefined | 'none'): void {
    for (const window of this.#all) {
      if (progress === 'none') window.setProgressBar(-1)
      else window.setProgressBar(progress ?? 2, { mode: progress === undefined ? 'indeterminate' : 'normal' })
    }
  }
}
