import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { invariant } from '../../shared/errors.ts'
import { sealFile, unfinishedSeal } from './seal.ts'

export interface ArchiveContent {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The earliest time that a zip can hold, in local time as the format has it: the same bytes in every time zone. */
const fixedTime = new Date(1980, 0, 1)
const plainFile = 0o100644
/** Files that are deflated inside. */
const packed = /\.(?:png|tif|zip|npz)$/
const queuedBytes = 8 * 2 ** 20

/**
 * Writes a sealed zip: the same contents give the same bytes. Sizes stand in front of each entry, so that it can be
 * read as a stream. Pictures and archives are stored as they are, text is deflated.
 */
export async function writeArchive(path: string, contents: AsyncIterable<ArchiveContent>): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream
  invariant(output instanceof PassThrough, 'the zip writer gives a stream whose queue can be seen')
  const written = pipeline(output, createWriteStream(path, { flags: 'wx' }))
  written.catch(() => undefined) // reported where it is awaited; until then a failure must not end the process

  try {
    for await (const { path: name, bytes } of contents) {
      const arrived = once(output, 'data')
      zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name, {
        mtime: fixedTime,
        forceDosTimestamp: true,
        mode: plainFile,
        compress: !packed.test(name)
      })
      await Promise.race([arrived, written])
      while (output.readableLength + output.writableLength > queuedBytes) {
        await Promise.race([once(output, 'data'), written])
      }
    }
    zip.end({ forceZip64Format: false, comment: unfinishedSeal() })
    await written
  } finally {
    output.destroy() // does nothing to a finished one; frees the file of one that was given up
    await written.catch(() => undefined)
  }
  await sealFile(path)
}
