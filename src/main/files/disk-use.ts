import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Files whose sizes are asked for at the same time. */
const atOnce = 256

/** Bytes of a file, or of all files below a folder; nothing where there is neither. Links are not followed. */
export async function bytesBelow(path: string): Promise<number> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return stats.size
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (let start = 0; start < entries.length; start += atOnce) {
    const some = entries.slice(start, start + atOnce)
    const sizes = await Promise.all(some.map(({ name }) => bytesBelow(join(path, name))))
    for (const size of sizes) bytes += size
  }
  return bytes
}
