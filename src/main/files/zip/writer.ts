import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Options, ZipFile } from 'yazl'
import { invariant } from '../../../shared/errors.ts'

/** An entry to be written: from memory, or from a file that is read when its turn comes. */
export type ZipContent = { readonly name: string; readonly isPacked?: boolean } & (
  { readonly bytes: Uint8Array } | { readonly file: string }
)

/** The earliest time that a zip can hold, in local time as the format has it: the same bytes in every time zone. */
const fixedTime = new Date(1980, 0, 1)
const plainFile = { mtime: fixedTime, forceDosTimestamp: true, mode: 0o100644 } satisfies Partial<Options>
const queuedBytes = 8 * 2 ** 20

/** Writes a zip: the same contents give the same bytes. What is packed already is stored as it is, the rest is deflated. */
export async function writeZip(
  path: string,
  contents: AsyncIterable<ZipContent> | Iterable<ZipContent>,
  comment = ''
): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream
  invariant(output instanceof PassThrough, 'the zip writer gives a stream whose queue can be seen')
  zip.on('error', (thrown: Error) => output.destroy(thrown)) // a file that cannot be read
  const written = pipeline(output, createWriteStream(path, { flags: 'wx' }))
  written.catch(() => undefined) // reported where it is awaited; until then a failure must not end the process

  try {
    for await (const content of contents) {
      const arrived = once(output, 'data')
      add(zip, content)
      await Promise.race([arrived, written])
      while (output.readableLength + output.writableLength > queuedBytes) {
        await Promise.race([once(output, 'data'), written])
      }
    }
    zip.end({ forceZip64Format: false, comment })
    await written
  } finally {
    output.destroy() // does nothing to a finished one; frees the file of one that was given up
    await written.catch(() => undefined)
  }
}

/** A small zip in memory. */
export function zipBytes(contents: readonly ZipContent[]): Promise<Buffer> {
  const zip = new ZipFile()
  for (const content of contents) add(zip, content)
  zip.end()
  return buffer(zip.outputStream)
}

function add(zip: ZipFile, content: ZipContent): void {
  const options = { ...plainFile, compress: content.isPacked !== true }
  if ('file' in content) zip.addFile(content.file, content.name, options)
  else zip.addBuffer(asBuffer(content.bytes), content.name, options)
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
