import { open, type FileHandle } from 'node:fs/promises'
import { invariant } from '../../shared/errors.ts'

/** Where the bytes of an entry are. */
export interface Spooled {
  readonly start: number
  readonly bytes: number
}

/** Entries beside the package that they go into: the manifest stands before them and has to know them all. */
export class EntrySpool {
  readonly #file: FileHandle
  #end = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async create(path: string): Promise<EntrySpool> {
    return new EntrySpool(await open(path, 'wx+'))
  }

  async add(bytes: Uint8Array): Promise<Spooled> {
    const place = { start: this.#end, bytes: bytes.length }
    for (let written = 0; written < bytes.length;) {
      const result = await this.#file.write(bytes, written, bytes.length - written, this.#end + written)
      written += result.bytesWritten
    }
    this.#end += bytes.length
    return place
  }

  async read({ start, bytes }: Spooled): Promise<Uint8Array> {
    const content = Buffer.alloc(bytes)
    for (let read = 0; read < bytes;) {
      const { bytesRead } = await this.#file.read(content, read, bytes - read, start + read)
      invariant(bytesRead > 0, 'what was written beside the package is still there')
      read += bytesRead
    }
    return content
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
