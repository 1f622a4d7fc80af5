import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sampleFolder } from './test-app.ts'

/** The sample many times over: what reads and paints it is at it for longer than a person looks at it. */
export function manyImages(folder: string, copies: number): string {
  const many = join(folder, 'many')
  for (const part of ['images', 'labels']) {
    const entries = readdirSync(join(sampleFolder, part), { recursive: true, withFileTypes: true })
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      const kind = join(many, part, basename(parentPath))
      mkdirSync(kind, { recursive: true })
      for (let copy = 0; copy < copies; copy++) copyFileSync(join(parentPath, name), join(kind, `${copy}-${name}`))
    }
  }
  return many
}
