import { writeZip } from '../files/zip/writer.ts'
import { sealFile, unfinishedSeal } from './seal.ts'

export interface ArchiveContent {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Files that are deflated inside. */
const packed = /\.(?:png|tif|zip|npz)$/

/**
 * Writes a sealed zip: the same contents give the same bytes. Sizes stand in front of each entry, so that it can be
 * read as a stream. Pictures and archives are stored as they are, text is deflated.
 */
export async function writeArchive(path: string, contents: AsyncIterable<ArchiveContent>): Promise<void> {
  await writeZip(path, asEntries(contents), unfinishedSeal())
  await sealFile(path)
}

async function* asEntries(contents: AsyncIterable<ArchiveContent>) {
  for await (const { path, bytes } of contents) yield { name: path, bytes, isPacked: packed.test(path) }
}
