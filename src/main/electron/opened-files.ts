import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { app as electron } from 'electron'
import { z } from 'zod'
import { packageEnding } from '../../shared/packages.ts'

/** What a second instance tells the first. */
export const Handover = z.object({ files: z.array(z.string()).max(100) })

/** Packages among the words that a program was started with: what a double-click gives. */
export function packagesIn(words: readonly string[], folder: string): string[] {
  return words
    .filter((word) => !word.startsWith('-') && isPackage(word))
    .map((word) => resolve(folder, word))
    .filter((file) => existsSync(file))
}

/** Where the page shows what a package holds before anything of it is taken in. */
export function addressOfPackage(file: string): string {
  return `#/packages/new?${new URLSearchParams({ open: file }).toString()}`
}

/** Files that the system hands over by an event (macOS), also before there is a window. To be made at once. */
export class OpenedFiles {
  readonly #waiting: string[] = []
  #open: ((file: string) => void) | undefined

  constructor() {
    electron.on('open-file', (event, file) => {
      event.preventDefault()
      if (!isPackage(file)) return
      if (this.#open === undefined) this.#waiting.push(file)
      else this.#open(file)
    })
  }

  /** @returns what came before anybody could open it */
  follow(open: (file: string) => void): readonly string[] {
    this.#open = open
    return this.#waiting.splice(0)
  }
}

function isPackage(file: string): boolean {
  return file.toLowerCase().endsWith(packageEnding)
}
