import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { type App } from '../app.ts'
import { contentSecurityPolicy, pageFolder, readPageFile } from '../web/page.ts'
import { isOwnPage, pageScheme, pictureScheme } from './origin.ts'

/** Both schemes are secure contexts with an origin, which `file:` is not. To be called before Electron is ready. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
    { scheme: pictureScheme, privileges: { standard: true, secure: true } }
  ])
}

/** `app://cytoloom/…` is the built page; `asset://workspace/…` a picture that the app lets the page see. */
export function serveSchemes(session: Session, app: App): void {
  session.protocol.handle(pageScheme, async ({ url }) => {
    const file = isOwnPage(url) ? await readPageFile(pageFolder(), new URL(url).pathname) : undefined
    return file === undefined ? nothing() : answer(file.bytes, file.type)
  })
  session.protocol.handle(pictureScheme, async ({ url }) => {
    const { host, pathname } = new URL(url)
    const file = host === 'workspace' ? await app.picturePath(pathname.slice(1)) : undefined
    return file === undefined ? nothing() : answer(await readFile(file), 'image/png')
  })
}

function answer(bytes: Buffer, type: string): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff'
    }
  })
}

function nothing(): Response {
  return new Response('There is nothing at this address.', { status: 404 })
}
