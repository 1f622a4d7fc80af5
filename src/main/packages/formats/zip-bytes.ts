import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** The earliest time that a zip can hold, in local time as the format has it: the same bytes in every time zone. */
const fixedTime = new Date(1980, 0, 1)
const plainFile = 0o100644

/** A small zip in memory: the same entries give the same bytes. */
export function zipBytes(entries: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, bytes } of entries) {
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name, {
      mtime: fixedTime,
      forceDosTimestamp: true,
      mode: plainFile
    })
  }
  zip.end()
  return buffer(zip.outputStream)
}
