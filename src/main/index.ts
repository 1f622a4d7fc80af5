/** Entry of the desktop app: windows over the same app that the terminal and the loopback page serve. */
import { join } from 'node:path'
import { app as electron, crashReporter, dialog, session } from 'electron'
import { toWireError } from '../shared/errors.ts'
import { createApp } from './app.ts'
import { askForWorkspace, startAnewWith } from './electron/chosen-workspace.ts'
import { desktopEnvironment } from './electron/desktop-environment.ts'
import { answerPages } from './electron/ipc.ts'
import { lockDown } from './electron/lock-down.ts'
import { LogFile } from './electron/log-file.ts'
import { setMenu } from './electron/menu.ts'
import { addressOfPackage, Handover, OpenedFiles, packagesIn } from './electron/opened-files.ts'
import { registerSchemes, serveSchemes } from './electron/protocol.ts'
import { quitWithCare } from './electron/quit.ts'
import { showSignsOfWork } from './electron/signs-of-work.ts'
import { Windows } from './electron/windows.ts'

crashReporter.start({ uploadToServer: false }) // dumps stay on this computer
registerSchemes() // must come before Electron is ready
electron.enableSandbox()
if (process.platform === 'win32') electron.setAppUserModelId('org.cytoloom.app') // as the installer has it
const opened = new OpenedFiles()
const named = packagesIn(process.argv.slice(1), process.cwd())

if (electron.requestSingleInstanceLock({ files: named })) start().catch(giveUp)
else electron.quit() // the first instance comes to the front: one owner for a workspace

async function start(): Promise<void> {
  await electron.whenReady()
  electron.setAppLogsPath()
  const logFile = new LogFile(join(electron.getPath('logs'), 'cytoloom.log'))
  const log = (thrown: unknown): void => logFile.write(thrown)
  const app = await createApp(desktopEnvironment(log))
  lockDown(session.defaultSession)
  serveSchemes(session.defaultSession, app)

  const windows = new Windows(log)
  answerPages(app, windows, quitWithCare(app, windows, log), log)
  showSignsOfWork(app, windows)
  setMenu(app.workspace, windows, logFile)

  const show = (file: string): void => windows.show(addressOfPackage(file))
  const [first, ...others] = [...named, ...opened.follow(show)]
  windows.open(first === undefined ? '' : addressOfPackage(first))
  for (const file of others) windows.open(addressOfPackage(file))
  electron.on('second-instance', (_event, _words, _folder, handover) => {
    const files = Handover.safeParse(handover).data?.files ?? []
    if (files.length === 0) windows.show()
    else files.forEach(show)
  })
}

async function giveUp(thrown: unknown): Promise<void> {
  const { message, next, remedies = [] } = toWireError(thrown)
  const title = 'CytoLoom cannot start'
  const detail = next === undefined ? message : `${message}\n\n${next}`
  if (remedies.some(({ action }) => action === 'choose-workspace')) await offerOtherWorkspace(title, detail)
  else dialog.showErrorBox(title, detail)
  electron.exit(1)
}

async function offerOtherWorkspace(message: string, detail: string): Promise<void> {
  const buttons = ['Choose another workspace folder …', 'Quit']
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message,
    detail,
    buttons,
    defaultId: 0,
    cancelId: 1
  })
  const folder = response === 0 ? await askForWorkspace() : undefined
  if (folder !== undefined) startAnewWith(folder)
}
