import { app as electron, type BrowserWindow, dialog } from 'electron'
import { quitSentences } from '../../shared/quit-sentences.ts'
import { type App } from '../app.ts'
import { type Activity } from './activity.ts'

/** Asks before work is interrupted, and quits only once the app has brought it to a safe point. */
export function closeWithCare(app: App, window: BrowserWindow, activity: Activity): void {
  window.on('close', (event) => {
    if (activity.isWorking && !isSure(app, window)) event.preventDefault()
  })
  electron.on('window-all-closed', () => {
    electron.quit()
  })

  let isClosed = false
  electron.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void app.close().finally(() => {
      isClosed = true
      electron.quit()
    })
  })
}

function isSure(app: App, window: BrowserWindow): boolean {
  const answer = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: 'CytoLoom is still working.',
    detail: quitSentences(app.whenQuitting()).join('\n'),
    buttons: ['Keep working', 'Quit'],
    defaultId: 0,
    cancelId: 0
  })
  return answer === 1
}
