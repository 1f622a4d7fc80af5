import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, extname, join, sep } from 'node:path'

/**
 * What the page may do, in the browser and in the desktop window alike: run its own scripts, show its own pictures and
 * speak to its own host. Inline styles are allowed on elements only (bars and charts have computed sizes).
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' asset: blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2'
}

export interface PageFile {
  readonly bytes: Buffer
  readonly type: string
  /** The name holds a hash of the content, so it may be kept for good. */
  readonly isLasting: boolean
}

/** Where the build puts the page: `out/renderer` of the checkout or of the packaged application. */
export function pageFolder(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return join(folder, 'out/renderer')
}

export function hasPage(folder: string): boolean {
  return existsSync(join(folder, 'index.html'))
}

/** The file of the page at an address's path, or undefined if there is none, or it is not the page's. */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | undefined> {
  const name = decoded(pathname === '/' ? '/index.html' : pathname)
  const type = name === undefined ? undefined : types[extname(name)]
  if (name === undefined || type === undefined || name.includes('\0')) return undefined

  const root = await realpath(folder)
  const file = await realpath(join(root, name)).catch(() => undefined) // what does not exist has no real path
  if (file?.startsWith(root + sep) !== true) return undefined
  return { bytes: await readFile(file), type, isLasting: name.startsWith('/assets/') }
}

function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined // broken percent signs name nothing
  }
}
