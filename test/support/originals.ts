import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const originals = ['data', 'golden'].map((name) => resolve(import.meta.dirname, '../../../shared', name))

/** SHA-256 of every file below some folders, by their paths; folders that are not there have none. */
export function hashFiles(folders: readonly string[]): ReadonlyMap<string, string> {
  const paths = folders.filter((folder) => existsSync(folder)).flatMap(filesBelow)
  return new Map(paths.sort().map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]))
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** What differs between two states, a line a file. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => `${path} is gone`)
  const others = [...after].flatMap(([path, hash]) => {
    if (!before.has(path)) return [`${path} is new`]
    return before.get(path) === hash ? [] : [`${path} was changed`]
  })
  return [...gone, ...others]
}

/** Originals are only read: real data and golden numbers are the same bytes after the whole test run as before it. */
export function setup(): () => void {
  const before = hashFiles(originals)
  return () => {
    const changes = differences(before, hashFiles(originals))
    if (changes.length > 0) throw new Error(`The tests have changed what they may only read:\n${changes.join('\n')}`)
  }
}
