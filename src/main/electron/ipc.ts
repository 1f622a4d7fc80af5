import { type BrowserWindow, ipcMain, type IpcMainInvokeEvent } from 'electron'
import { type Reply } from '../../shared/api.ts'
import { type App } from '../app.ts'
import { answerDesk, isOfDesk } from '../services/desk.ts'
import { dispatch } from '../services/dispatch.ts'
import { windowDesk } from './desk.ts'
import { isOwnPage } from './origin.ts'

/** As in the loopback host: the largest request is a form, not a file. */
const maxInputCharacters = 1_000_000

/** Carries the page's requests to the app, and the app's events to the page, for as long as the window is there. */
export function answerPage(app: App, window: BrowserWindow): void {
  const closing = new AbortController()
  const context = { signal: closing.signal, progress: () => undefined }
  const desk = windowDesk(app, window, context)

  ipcMain.handle('request', async (event, name: unknown, input: unknown): Promise<Reply> => {
    if (!isFromPage(event, window)) return refused('Only the page of this window may ask.')
    if (typeof name !== 'string') return refused('A request has a name.')
    if (JSON.stringify(input ?? {}).length > maxInputCharacters) return refused('This request is too large.')
    return isOfDesk(name) ? answerDesk(desk, name, input, log) : dispatch(app.handlers, name, input, context, log)
  })
  const unfollow = app.onEvent((event) => {
    if (!window.isDestroyed()) window.webContents.send('event', event)
  })
  window.once('closed', () => {
    unfollow()
    closing.abort()
    ipcMain.removeHandler('request')
  })
}

/** The frame is null when it has gone away in the meantime. */
function isFromPage({ senderFrame }: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  return senderFrame !== null && senderFrame === window.webContents.mainFrame && isOwnPage(senderFrame.url)
}

function refused(message: string): Reply {
  return { error: { kind: 'usage', message } }
}

function log(thrown: unknown): void {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
}
