/** Entry of the desktop app: one window over the same app that the terminal and the loopback page serve. */
import { app as electron, dialog, session } from 'electron'
import { toWireError } from '../shared/errors.ts'
import { createApp } from './app.ts'
import { Activity } from './electron/activity.ts'
import { desktopEnvironment } from './electron/desktop-environment.ts'
import { answerPage } from './electron/ipc.ts'
import { lockDown } from './electron/lock-down.ts'
import { setMenu } from './electron/menu.ts'
import { registerSchemes, serveSchemes } from './electron/protocol.ts'
import { closeWithCare } from './electron/quit.ts'
import { openWindow } from './electron/window.ts'

registerSchemes() // must come before Electron is ready
electron.enableSandbox()

if (electron.requestSingleInstanceLock()) start().catch(giveUp)
else electron.quit() // the first instance comes to the front: one owner for a workspace

async function start(): Promise<void> {
  await electron.whenReady()
  const app = await createApp(desktopEnvironment())
  const activity = new Activity(app)
  lockDown(session.defaultSession)
  serveSchemes(session.defaultSession, app)
  setMenu()

  const window = openWindow()
  answerPage(app, window)
  closeWithCare(app, window, activity)
  electron.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
}

function giveUp(thrown: unknown): void {
  const { message, next } = toWireError(thrown)
  dialog.showErrorBox('CytoLoom cannot start', next === undefined ? message : `${message}\n\n${next}`)
  electron.exit(1)
}
