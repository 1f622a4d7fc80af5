import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import { sha256 } from '../../src/main/files/checksum.ts'
import { rawZip, readRawZip, seal } from '../support/raw-zip.ts'
import { damage, type Dice, oddValue } from './damage.ts'

/** Damages a file: on its surface, or inside of its packing with checksums made to fit again. */
export function mutate(name: string, bytes: Uint8Array, dice: Dice): Uint8Array {
  const deeper = dice(3) === 0 ? undefined : insides.find(({ ending }) => ending.test(name))
  if (deeper !== undefined) return deeper.mutate(Buffer.from(bytes), dice)
  return damage(Buffer.from(bytes), dice, /json|txt|yaml/.test(name))
}

const insides = [
  { ending: /\.png$/, mutate: mutatePng },
  { ending: /package\.zip$/, mutate: mutatePackage },
  { ending: /\.(?:zip|npz)$/, mutate: mutateZip },
  { ending: /\.gz$/, mutate: (bytes: Buffer, dice: Dice) => gzipSync(damage(gunzipSync(bytes), dice, true)) }
]

/** Damages one chunk, whose checksum then fits. */
function mutatePng(bytes: Buffer, dice: Dice): Buffer {
  const chunks: Buffer[] = []
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    chunks.push(bytes.subarray(at + 4, at + 8 + bytes.readUInt32BE(at)))
  }
  const chosen = dice(chunks.length)
  const parts = chunks.map((chunk, i) => {
    const body = i === chosen ? damage(chunk.subarray(4), dice, false) : chunk.subarray(4)
    const typed = Buffer.concat([chunk.subarray(0, 4), body])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    sum.writeUInt32BE(crc32(typed))
    return Buffer.concat([length, typed, sum])
  })
  return Buffer.concat([bytes.subarray(0, 8), ...parts])
}

/** Damages one entry, whose checksum then fits, or its name. */
function mutateZip(bytes: Buffer, dice: Dice): Buffer {
  const entries = readRawZip(bytes)
  const chosen = dice(entries.length)
  const changed = entries.map(({ name, bytes: content }, i) => {
    if (i !== chosen) return { name, bytes: content, method: 8 }
    if (dice(8) === 0)
      return { name: damage(Buffer.from(name), dice, false).toString('latin1'), bytes: content, method: 8 }
    return { name, bytes: damage(content, dice, name.includes('json')), method: 8 }
  })
  return rawZip(changed, { sealed: false })
}

interface Entry {
  readonly name: string
  readonly bytes: Buffer
}

/** Damages what is in a package; its manifest and seal then fit, so that everything behind them is tried. */
function mutatePackage(bytes: Buffer, dice: Dice): Buffer {
  const digits = 64
  if (dice(8) === 0) return seal(Buffer.concat([damage(bytes.subarray(0, -digits), dice, false), Buffer.alloc(digits)]))
  const change = packageDamages[dice(packageDamages.length)] ?? changeEverywhere
  const entries = change(readRawZip(bytes), dice)
  const fitting = dice(8) === 0 ? entries : withFittingManifest(entries)
  return rawZip(fitting.map((entry) => ({ ...entry, method: /json|txt/.test(entry.name) ? 8 : 0 })))
}

const packageDamages: readonly ((entries: readonly Entry[], dice: Dice) => Entry[])[] = [
  (entries, dice) => damageEntry(entries, dice, /^(?:manifest|about|outlines)|^cells/),
  (entries, dice) => damageEntry(entries, dice, /^(?:images|masks|cells)\//),
  changeEverywhere,
  changeEverywhere,
  (entries, dice) => entries.toSpliced(dice(entries.length), dice(2), ...entries.slice(0, dice(2))),
  (entries, dice) => {
    const chosen = dice(entries.length)
    const rename = (name: string) => damage(Buffer.from(name), dice, false).toString('latin1')
    return entries.map((entry, i) => (i === chosen ? { ...entry, name: rename(entry.name) } : entry))
  }
]

function damageEntry(entries: readonly Entry[], dice: Dice, names: RegExp): Entry[] {
  const candidates = entries.filter(({ name }) => names.test(name))
  const chosen = candidates[dice(candidates.length)]
  return entries.map((entry) =>
    entry === chosen ? { ...entry, bytes: Buffer.from(mutate(entry.name, entry.bytes, dice)) } : entry
  )
}

/** Gives another value to something that about.json states, in all descriptions and in the names of entries. */
function changeEverywhere(entries: readonly Entry[], dice: Dice): Entry[] {
  const about = entries.find(({ name }) => name === 'about.json')?.bytes.toString('latin1') ?? ''
  const statements = [...about.matchAll(/"(\w+)": ?("[^"]+"|-?\d+(?:\.\d+)?)/g)]
  const [, key = '', value = ''] = statements[dice(statements.length)] ?? []
  const other = dice(2) === 0 ? oddValue(dice) : variant(value, dice)
  return entries.map(({ name, bytes }) => ({
    name: renamed(name, value, other),
    bytes: name.endsWith('json') ? withValue(bytes, { key, value, other }) : bytes
  }))
}

/** Numbers are changed where they have the same name, words wherever they stand. */
function withValue(json: Buffer, change: { readonly key: string; readonly value: string; readonly other: string }) {
  const text = json
    .toString('latin1')
    .replace(/(?:"(\w+)": ?)?("[^"]*"|-?\d+(?:\.\d+)?)/g, (found, key: string | undefined, value: string) => {
      const isMeant = value === change.value && (value.startsWith('"') || key === change.key)
      return isMeant ? found.slice(0, -value.length) + change.other : found
    })
  return Buffer.from(text, 'latin1')
}

/** A value that is nearly the same. */
function variant(value: string, dice: Dice): string {
  if (!value.startsWith('"')) return String(Number(value) + dice(3) - 1)
  const text = value.slice(1, -1)
  const stem = text.replace(/\.\w+$/, '')
  const variants = [
    `${stem}.tif`,
    `${stem}.png`,
    text.toUpperCase(),
    `${text}.png`,
    `CON.png`,
    'a'.repeat(300),
    `../${text}`
  ]
  return JSON.stringify(variants[dice(variants.length)])
}

/** Pictures are called as about.json says, and what belongs to them without their ending. */
function renamed(name: string, value: string, other: string): string {
  if (!value.startsWith('"') || !other.startsWith('"')) return name
  const [from, to] = [value, other].map((quoted) => quoted.slice(1, -1)) as [string, string]
  if (name.startsWith('images/')) return name.replace(from, () => to)
  const stem = (file: string) => file.replace(/\.\w+$/, '')
  return name.replace(stem(from), () => stem(to))
}

/** The manifest lists the other entries as they are, where it can still be read. */
function withFittingManifest(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => {
    if (entry.name !== 'manifest.json') return entry
    const others = entries.filter(({ name }) => name !== entry.name)
    const listed = others.map(({ name, bytes }) => ({ path: name, bytes: bytes.length, sha256: sha256(bytes) }))
    return { ...entry, bytes: withEntries(entry.bytes, listed) }
  })
}

function withEntries(manifest: Buffer, entries: readonly object[]): Buffer {
  try {
    return Buffer.from(JSON.stringify({ ...(JSON.parse(manifest.toString()) as object), entries }))
  } catch {
    return manifest // it was damaged itself
  }
}
