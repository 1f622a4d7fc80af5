import { toWireError } from '../../shared/errors.ts'
import { quitSentences } from '../../shared/quit-sentences.ts'
import { createApp } from '../app.ts'
import { defaultEnvironment } from '../environment.ts'
import { startWebHost } from '../web.ts'

/** Serves the page until the terminal says stop; then what runs is paused at a safe point. */
export async function serve(workspace: string | undefined, port: number): Promise<void> {
  const app = await createApp(defaultEnvironment(workspace === undefined ? { log } : { workspace, log }))
  const host = await startWebHost(app, { port, log })
  process.stdout.write(
    `CytoLoom is at ${host.address}\nThe address holds a key of its own for this start. Ctrl-C ends it.\n`
  )
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  for (const sentence of quitSentences(app.whenQuitting())) process.stdout.write(`${sentence}\n`)
  await host.close()
  await app.close()
}

/** What users can mend is said on the page; what only we can mend belongs where a developer sees it. */
function log(thrown: unknown): void {
  if (toWireError(thrown).kind !== 'defect') return
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
}
