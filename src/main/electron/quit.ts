import { app as electron, dialog } from 'electron'
import { quitSentences } from '../../shared/quit-sentences.ts'
import { type App } from '../app.ts'
import { type Windows } from './windows.ts'

interface Preventable {
  preventDefault(): void
}

/** Quits when what is at work is at a safe point, after this was done; false where the person would rather not stop it. */
export type Quit = (before: () => void) => Promise<boolean>

/** Asks before work is interrupted, and quits only once the app has brought it to a safe point. */
export function quitWithCare(app: App, windows: Windows, log: (thrown: unknown) => void): Quit {
  let stage: 'open' | 'asking' | 'closing' | 'closed' = 'open'
  const careful = (event: Preventable): void => {
    if (stage === 'closed') return
    event.preventDefault()
    quit(() => undefined).catch(log)
  }
  electron.on('before-quit', careful)
  windows.onLastClose(careful)
  return quit

  async function quit(before: () => void): Promise<boolean> {
    if (stage !== 'open') return false
    stage = 'asking'
    if (!(await isSure(app, windows))) {
      stage = 'open'
      return false
    }
    stage = 'closing'
    windows.setProgress(undefined)
    for (const window of windows.all) window.setTitle('CytoLoom is closing at a safe point …')
    await app.close().catch(log)
    stage = 'closed'
    before()
    electron.quit()
    return true
  }
}

/** What another program works on goes on, whatever happens here. */
async function isSure(app: App, windows: Windows): Promise<boolean> {
  const report = app.whenQuitting()
  if (report.pauses.length + report.lost.length === 0) return true
  const question = {
    type: 'question',
    message: 'Quit while CytoLoom is working?',
    detail: quitSentences(report).join('\n'),
    buttons: ['Keep working', 'Quit'],
    defaultId: 0,
    cancelId: 0
  } as const
  const options = { ...question, buttons: [...question.buttons] }
  const { front } = windows
  const { response } = await (front === undefined
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(front, options))
  return response === 1
}
