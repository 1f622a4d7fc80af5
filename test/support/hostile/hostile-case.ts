import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../src/main/images/png-encode.ts'
import { type Door } from '../../fuzz/seeds.ts'

/** Files that mean harm, read through one door, and how the program is to meet them. */
export interface HostileCase {
  readonly name: string
  readonly door: Door
  readonly files?: Readonly<Record<string, Uint8Array | string>>
  /** What files alone cannot be: links, pipes. */
  readonly make?: (folder: string) => Promise<void>
  /** What is asked for, where that is not the files. */
  readonly names?: readonly string[]
  /** What the answer says, wherever in it; nothing where reading it is as good. */
  readonly says?: RegExp
  /** What is said of each of several files. */
  readonly saysOf?: Readonly<Record<string, RegExp>>
  /** More of the request. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** One hostile file of many. */
export type Hostile = readonly [name: string, bytes: Uint8Array | string, says?: RegExp]

export const [width, height] = [24, 18]
export const png = encodeGrayPng8(
  Uint8Array.from({ length: width * height }, (_, i) => i % 251),
  width,
  height
)
export const labelPng = encodeLabelPng16(
  Uint16Array.from({ length: width * height }, (_, i) => (i % width > 3 && i % width < 9 ? 1 : 0)),
  width,
  height
)

/** A sound image beside the hostile one: it comes in, whatever becomes of the other. */
export const sound = { 'images/sound.png': png, 'labels/sound.png': labelPng }

export async function writeCase({ files = {}, make }: HostileCase, folder: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  await make?.(folder)
}

/** Many hostile files in one folder beside a sound image, each with what it needs to be taken for an image. */
export function together(
  name: string,
  list: readonly Hostile[],
  more: (name: string) => Readonly<Record<string, Uint8Array>>
): HostileCase {
  const files = Object.fromEntries(list.flatMap(([file, bytes]) => [...Object.entries(more(file)), [file, bytes]]))
  const says = list.flatMap(([file, , pattern]) => (pattern ? [[file, pattern] as const] : []))
  return { name, door: 'import', files, saysOf: Object.fromEntries(says) }
}

/** The name without folders and ending. */
export function stemOf(file: string): string {
  return /([^/]*?)\.[^/]*$/.exec(file)?.[1] ?? file
}
