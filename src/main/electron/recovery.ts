import { type BrowserWindow, dialog, type RenderProcessGoneDetails } from 'electron'

/** Says when the page has ended or does not answer, and brings it back. What is at work is elsewhere and goes on. */
export function recoverPage(window: BrowserWindow, log: (thrown: unknown) => void): void {
  const contents = window.webContents
  let isEndedByUs = false
  let waiting: AbortController | undefined

  contents.on('render-process-gone', (_event, details) => {
    log(`The page's process is gone: ${details.reason}, exit status ${details.exitCode}.`)
    waiting?.abort()
    if (!isEndedByUs && details.reason !== 'clean-exit') void tellEnd(window, details)
    isEndedByUs = false
  })
  contents.on('unresponsive', () => {
    log('The page does not answer.')
    waiting ??= new AbortController()
    void isToBeReloaded(window, waiting.signal).then((isWished) => {
      waiting = undefined
      if (!isWished || window.isDestroyed()) return
      isEndedByUs = true
      contents.forcefullyCrashRenderer()
      contents.reload()
    })
  })
  contents.on('responsive', () => waiting?.abort())
}

const safe = 'What is being worked on continues, and your answers are kept.'

async function tellEnd(window: BrowserWindow, { reason }: RenderProcessGoneDetails): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: reason === 'oom' ? 'The page ran out of memory.' : 'The page ended unexpectedly.',
    detail: safe,
    buttons: ['Show it again', 'Close the window'],
    defaultId: 0,
    cancelId: 0
  })
  if (window.isDestroyed()) return
  if (response === 0) window.webContents.reload()
  else window.close()
}

/** The question goes away by itself when the page answers again, and then counts as waited for. */
async function isToBeReloaded(window: BrowserWindow, signal: AbortSignal): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The page does not answer.',
    detail: safe,
    buttons: ['Wait', 'Load it again'],
    defaultId: 0,
    cancelId: 0,
    signal
  })
  return response === 1 && !signal.aborted
}
