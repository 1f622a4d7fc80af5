import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeGrayPng8, encodeLabelPng8 } from '../../src/main/images/png-encode.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { disc, paintDiscs } from './discs.ts'
import { tiffBytes } from './picture-files.ts'

interface Plate {
  readonly kinds: readonly string[]
  readonly wells: readonly string[]
  readonly hours: readonly number[]
  /** Of each kind, in each well at each hour. */
  readonly fields?: number
  readonly side?: number
  /** Pictures of 16 bits with two channels. */
  readonly isStack?: boolean
}

/** A folder as a microscope leaves it: `HeLa_A1_24h_f1.png` and its label image, with some bright cells on dark ground. */
export function writePlate(folder: string, plate: Plate): string {
  for (const name of ['images', 'labels']) mkdirSync(join(folder, name), { recursive: true })
  const random = new RandomStream(1, 'plate')
  for (const name of namesOf(plate)) writeField(folder, name, plate, random)
  return folder
}

function namesOf({ kinds, wells, hours, fields = 1 }: Plate): string[] {
  return kinds.flatMap((kind) =>
    wells.flatMap((well) =>
      hours.flatMap((hour) => Array.from({ length: fields }, (_, i) => `${kind}_${well}_${hour}h_f${i + 1}`))
    )
  )
}

function writeField(folder: string, name: string, { side = 64, isStack = false }: Plate, random: RandomStream): void {
  const discs = Array.from({ length: 3 + random.integer(4) }, () =>
    disc(random.integer(side), random.integer(side), 4 + random.integer(side / 10))
  )
  const { labels } = paintDiscs(side, side, discs)
  const grays = Uint8Array.from(labels, (label) => (label === 0 ? 12 : 70 + 20 * label) + random.integer(24))
  const [ending, picture] = isStack ? ['tif', twoChannels(grays, side)] : ['png', encodeGrayPng8(grays, side, side)]
  writeFileSync(join(folder, 'images', `${name}.${ending}`), picture)
  writeFileSync(join(folder, 'labels', `${name}.png`), encodeLabelPng8(Uint8Array.from(labels), side, side))
}

/** Haze in the first channel, the cells in the second. */
function twoChannels(grays: Uint8Array, side: number): Buffer {
  const cells = Uint16Array.from(grays, (gray) => 40 * gray + 200)
  const haze = Uint16Array.from(cells, (_, i) => 400 + 12 * (i % side))
  return tiffBytes({
    width: side,
    height: side,
    bits: 16,
    samples: 2,
    photometric: 1,
    data: Uint16Array.from({ length: 2 * cells.length }, (_, i) => (i % 2 === 0 ? haze : cells)[i >> 1] ?? 0)
  })
}
