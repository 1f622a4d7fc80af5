import { execFile, type ExecFileException } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeGrayPng8, encodeLabelPng16 } from '../../src/main/images/png-encode.ts'
import { disc, paintDiscs } from './discs.ts'

export const cytoloomScript = join(import.meta.dirname, '../../scripts/cytoloom.js')

/** As small as a study with a generator and real networks can be: three tasks. */
export const tinyStudy = [
  ...['--preset', 'small', '--sizes', '2', '--draws', '1', '--repeats', '1', '--arms', 'synthetic', '--counts', '4'],
  ...['--iterations', '4', '--generator-iterations', '4', '--tile', '32', '--engine', 'wasm', '--seed', '3']
]

/** Imports a few drawn pictures into a new workspace: `nuclei`. */
export async function workspaceOfNuclei(folder: string): Promise<string> {
  const [source, workspace] = [join(folder, 'source'), join(folder, 'workspace')]
  for (const part of ['images', 'labels']) await mkdir(join(source, part), { recursive: true })
  for (let i = 0; i < 10; i++) {
    const { labels } = paintDiscs(48, 40, [disc(12 + (i % 3), 12, 7), disc(26, 34 - (i % 4), 8)])
    const gray = Uint8Array.from(labels, (label) => (label > 0 ? 150 + i : 20 + i))
    await writeFile(join(source, 'images', `n${i}.png`), encodeGrayPng8(gray, 48, 40))
    await writeFile(join(source, 'labels', `n${i}.png`), encodeLabelPng16(Uint32Array.from(labels), 48, 40))
  }
  await cytoloom('import', source, '--name', 'nuclei', '--workspace', workspace)
  return workspace
}

/** What the command printed as JSON; it must have ended well. */
export async function cytoloom(...words: string[]): Promise<unknown> {
  const { status, out, err } = await tryCytoloom(...words)
  if (status !== 0) throw new Error(`cytoloom ${words.join(' ')} ended with ${status}: ${out}${err.slice(-2000)}`)
  return JSON.parse(out)
}

function tryCytoloom(...words: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const ended = (failed: ExecFileException | null, out: string, err: string): void =>
      resolve({ status: failed === null ? 0 : Number(failed.code ?? 1), out, err })
    execFile(process.execPath, [cytoloomScript, ...words, '--json'], { maxBuffer: 1 << 28 }, ended)
  })
}
