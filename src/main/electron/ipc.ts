import { app as electron, type BrowserWindow, ipcMain, type IpcMainInvokeEvent } from 'electron'
import { type Reply } from '../../shared/api.ts'
import { type App } from '../app.ts'
import { answerDesk, isOfDesk } from '../services/desk.ts'
import { dispatch } from '../services/dispatch.ts'
import { windowDesk } from './desk.ts'
import { isOwnPage } from './origin.ts'
import { type Quit } from './quit.ts'
import { type Windows } from './windows.ts'

/** As in the loopback host: the largest request is a form, not a file. */
const maxInputCharacters = 1_000_000

/** Carries the requests of our pages to the app, and the app's events to them. */
export function answerPages(app: App, windows: Windows, quit: Quit, log: (thrown: unknown) => void): void {
  const closing = new AbortController()
  const context = { signal: closing.signal, progress: () => undefined }
  electron.once('will-quit', () => {
    closing.abort()
  })
  app.onEvent((event) => {
    windows.send('event', event)
  })
  ipcMain.handle('request', async (event, name: unknown, given: unknown): Promise<Reply> => {
    const window = pageOf(event, windows)
    if (window === undefined) return refused('Only the page of this window may ask.')
    if (typeof name !== 'string') return refused('A request has a name.')
    const asked = asPlainData(given)
    if (asked === undefined) return refused('This request is too large, or is no plain data.')
    return isOfDesk(name)
      ? answerDesk(windowDesk({ app, window, quit }, context), name, asked.input, log)
      : dispatch(app.handlers, name, asked.input, context, log)
  })
}

/** The window that asks, if it is our page in its main frame; the frame is null when it has gone away in the meantime. */
function pageOf({ sender, senderFrame }: IpcMainInvokeEvent, windows: Windows): BrowserWindow | undefined {
  const isOurs = senderFrame !== null && senderFrame === sender.mainFrame && isOwnPage(senderFrame.url)
  return isOurs ? windows.of(sender) : undefined
}

/** What comes through the loopback host as JSON comes through here as the same: messages could also hold maps and cycles. */
function asPlainData(given: unknown): { readonly input: unknown } | undefined {
  try {
    const text = JSON.stringify(given ?? {})
    return text.length > maxInputCharacters ? undefined : { input: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function refused(message: string): Reply {
  return { error: { kind: 'usage', message } }
}
