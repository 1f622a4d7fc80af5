import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { viewPattern } from '../../shared/pictures.ts'
import { keyHeader } from '../../shared/web-entry.ts'
import { type App } from '../app.ts'
import { sendHeaders, sendText } from './reply.ts'

/** Sends a picture of the workspace. The app decides which paths are pictures that a page may see. */
export async function sendPicture(app: App, path: string, response: ServerResponse): Promise<void> {
  const file = await app.picturePath(path)
  if (file === undefined && viewPattern.test(path)) {
    sendHeaders(response, 204, { 'Cache-Control': 'no-store' }) // its picture cannot be drawn, which is no fault of the page
    response.end()
    return
  }
  if (file === undefined) {
    sendText(response, 404, 'There is no such picture.')
    return
  }
  const { size } = await stat(file)
  sendHeaders(response, 200, {
    'Content-Type': 'image/png',
    'Content-Length': size,
    // Folder names are never used again and a written picture never changes.
    'Cache-Control': 'private, max-age=86400, immutable',
    Vary: keyHeader // what the browser kept is only for requests with the same key
  })
  await pipeline(createReadStream(file), response)
}
