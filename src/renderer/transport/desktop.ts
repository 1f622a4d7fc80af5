import { type Desktop } from '../../shared/desktop.ts'
import { type Connection, type LoadedPicture, type Transport } from './transport.ts'

declare global {
  interface Window {
    /** There in the desktop window only. */
    readonly cytoloom?: Desktop
  }
}

export class DesktopTransport implements Transport {
  readonly #desktop: Desktop

  constructor(desktop: Desktop) {
    this.#desktop = desktop
    desktop.onGoTo((address) => {
      if (address.startsWith('#/')) location.hash = address
    })
  }

  send(name: string, input: unknown): Promise<unknown> {
    return this.#desktop.send(name, input)
  }

  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void {
    const end = this.#desktop.listen(onEvent)
    onConnection('open') // the window and the app live and die together
    return end
  }

  loadPicture(path: string): Promise<LoadedPicture> {
    return Promise.resolve({ address: `asset://workspace/${path}`, release: () => undefined })
  }

  pathOf(file: File): string | undefined {
    const path = this.#desktop.pathOf(file)
    return path === '' ? undefined : path // made by a script, or dragged out of another page
  }
}
