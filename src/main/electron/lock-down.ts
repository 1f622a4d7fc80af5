import { app as electron, type Session, type WebContents } from 'electron'
import { isOwnPage, pageScheme, pictureScheme } from './origin.ts'

const schemes = [`${pageScheme}:`, `${pictureScheme}:`, 'devtools:']

/** Takes away from every page what it does not need: the network, permissions, devices, other pages, new windows. */
export function lockDown(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !schemes.includes(new URL(url).protocol) })
  })
  // Copying text is what a button of ours does; the page may not read what others copied.
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write')
  })
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write')
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false) // it fetches dictionaries
  electron.on('web-contents-created', (_event, contents) => {
    keepOnOwnPage(contents)
  })
}

function keepOnOwnPage(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
