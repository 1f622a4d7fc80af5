import { toWireError } from '../../shared/errors.ts'
import { plainLine } from '../../shared/plain-text.ts'
import { quitSentences } from '../../shared/quit-sentences.ts'
import { createApp } from '../app.ts'
import { defaultEnvironment } from '../environment.ts'
import { startWebHost, type WebHost } from '../web.ts'
import { openBrowser } from './open-browser.ts'
import { stayAwake } from './stay-awake.ts'

export interface ServeOptions {
  readonly workspace: string | undefined
  readonly port: number
  /** Whether to show the page in a browser of this computer, too. */
  readonly opensBrowser: boolean
}

/** Serves the page until the terminal says stop; then what runs is paused at a safe point. */
export async function serve({ workspace, port, opensBrowser }: ServeOptions): Promise<void> {
  const app = await createApp(defaultEnvironment(workspace === undefined ? { log } : { workspace, log }))
  for (const notice of app.notices) process.stderr.write(`${plainLine(notice)}\n`)
  const host = await startWebHost(app, { port, log })
  stayAwake(app)
  process.stdout.write(`CytoLoom is at ${addressOf(host)}\nThe address works once. Ctrl-C stops CytoLoom.\n`)
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  if (opensBrowser) {
    const isOpen = await openBrowser(host.entry())
    const sentence = isOpen
      ? 'It opens in your browser.'
      : 'No browser could be opened here: open the address yourself.'
    process.stdout.write(`${sentence}\n`)
  }
  await stopped
  for (const sentence of quitSentences(app.whenQuitting())) {
    process.stdout.write(`${plainLine(sentence)}\n`)
  }
  await host.close()
  await app.close()
}

/** Each address lets one page in; the next one is printed when it has. */
function addressOf(host: WebHost): string {
  return host.entry(() => {
    process.stdout.write(`For another page: ${addressOf(host)}\n`)
  })
}

/** What users can mend is said on the page; what only we can mend belongs where a developer sees it. */
function log(thrown: unknown): void {
  if (toWireError(thrown).kind !== 'defect') return
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
}
