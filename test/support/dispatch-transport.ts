import { z } from 'zod'
import { AppError } from '../../src/shared/errors.ts'
import { type LoadedPicture, type Transport } from '../../src/renderer/transport/transport.ts'
import { dispatch } from '../../src/main/services/dispatch.ts'
import { type TestApp } from './test-app.ts'

/** The page's way to the real app, within one process: everything passes through JSON, as between processes. */
export class DispatchTransport implements Transport {
  readonly #host: TestApp
  /** Hears of each request; one that would download is refused, the others are the app's. */
  onAsked: (name: string) => void = () => undefined

  constructor(host: TestApp) {
    this.#host = host
  }

  async send(name: string, input: unknown): Promise<unknown> {
    this.onAsked(name)
    if (name === 'tasks.start' && isDownload(input)) throw new AppError('stopped', 'Nothing is downloaded here.')
    const context = { signal: new AbortController().signal, progress: () => undefined }
    return JSON.parse(JSON.stringify(await dispatch(this.#host.app.handlers, name, input, context, () => undefined)))
  }

  listen(): () => void {
    return () => undefined
  }

  loadPicture(path: string): Promise<LoadedPicture> {
    return Promise.resolve({ address: path, release: () => undefined })
  }
}

function isDownload(input: unknown): boolean {
  return z.looseObject({ kind: z.literal('engine-build') }).safeParse(input).success
}
