import { Emitter } from './emitter.ts'

interface CustomScheme {
  readonly scheme: string
  readonly privileges?: Readonly<Record<string, boolean>>
}

type Handler = (request: Request) => Response | Promise<Response>
type PermissionRequest = (contents: unknown, permission: string, answer: (isGranted: boolean) => void) => void

/**
 * `session` and `protocol` as documented: schemes are registered once and before the app is ready; a scheme has one
 * handler; `onBeforeRequest` sees every request and may cancel it; without handlers every permission is granted.
 */
export class StandInSession extends Emitter {
  schemes: readonly CustomScheme[] = []
  /** Requests that would have gone out. */
  readonly network: string[] = []
  readonly isSpellCheckerOn = (): boolean => this.#isSpellCheckerOn
  readonly #isReady: () => boolean
  readonly #handlers = new Map<string, Handler>()
  #beforeRequest: ((details: { url: string }, answer: (reply: { cancel?: boolean }) => void) => void) | undefined
  #permissionRequest: PermissionRequest | undefined
  #permissionCheck: ((contents: unknown, permission: string) => boolean) | undefined
  #devicePermission: (() => boolean) | undefined
  #isSpellCheckerOn = true

  constructor(isReady: () => boolean) {
    super()
    this.#isReady = isReady
  }

  readonly protocol = {
    handle: (scheme: string, handler: Handler): void => {
      if (this.#handlers.has(scheme)) throw new Error(`The scheme ${scheme} has a handler already`)
      this.#handlers.set(scheme, handler)
    }
  }

  readonly webRequest = {
    onBeforeRequest: (listener: (details: { url: string }, answer: (reply: { cancel?: boolean }) => void) => void) => {
      this.#beforeRequest = listener
    }
  }

  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    if (this.#isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    if (this.schemes.length > 0) throw new Error('protocol.registerSchemesAsPrivileged should be called only once')
    this.schemes = schemes
  }

  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.#permissionRequest = handler
  }

  setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean): void {
    this.#permissionCheck = handler
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.#devicePermission = handler
  }

  setSpellCheckerEnabled(isEnabled: boolean): void {
    this.#isSpellCheckerOn = isEnabled
  }

  /** What a page gets for an address. A blocked request fails, as in Chromium; what no handler takes would go out. */
  async fetch(url: string): Promise<Response> {
    const scheme = new URL(url).protocol.slice(0, -1)
    if (await this.#isCancelled(url)) throw new TypeError(`net::ERR_BLOCKED_BY_CLIENT: ${url}`)
    const handler = this.#handlers.get(scheme)
    if (handler === undefined) {
      this.network.push(url)
      throw new TypeError(`net::ERR_INTERNET_DISCONNECTED: ${url}`)
    }
    // A request with an address of a scheme of its own cannot be made outside of Chromium.
    return handler({ url, method: 'GET', headers: new Headers() } as unknown as Request)
  }

  permissionFor(permission: string): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#permissionRequest === undefined) resolve(true)
      else this.#permissionRequest({}, permission, resolve)
    })
  }

  checks(permission: string): boolean {
    return this.#permissionCheck?.({}, permission) ?? true
  }

  givesDevices(): boolean {
    return this.#devicePermission?.() ?? true
  }

  async #isCancelled(url: string): Promise<boolean> {
    const listener = this.#beforeRequest
    if (listener === undefined) return false
    return new Promise((resolve) => {
      listener({ url }, ({ cancel }) => {
        resolve(cancel === true)
      })
    })
  }
}
