import { plainLine } from '../../shared/plain-text.ts'
import { sha256 } from './checksum.ts'

/**
 * Gives file names from strangers a form that every system accepts, and no two the same place.
 *
 * Names may have folders, separated by `/` or `\`. What Windows forbids becomes `_`; `.` and `..` lose their meaning;
 * names that differ in case or in the way accents are written get a number; long ones are cut and keep a checksum.
 */
export class SafeNames {
  readonly #taken = new Set<string>()

  /** The name to use for `name`; the same as `name` for nearly every name there is. */
  take(name: string): string {
    const safe = safePath(name)
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? safe : numbered(safe, count)
      const key = candidate.toLowerCase()
      if (this.#taken.has(key)) continue
      this.#taken.add(key)
      return candidate
    }
  }
}

/** One name (its folders too) in the form that `SafeNames` gives it, without a look at others. */
export function safePath(name: string): string {
  const parts = name
    .normalize('NFC')
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.')
  return parts.length === 0 ? '_' : parts.map(safePart).join('/')
}

const maxBytes = 200

function safePart(part: string): string {
  const plain = plainLine(part.replace(/[<>:"|?*]/g, '_'), '_').replace(/[. ]+$/u, (end) => '_'.repeat(end.length))
  const isReserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(plain)
  const visible = isReserved || plain.startsWith('.') ? `_${plain}` : plain
  return Buffer.byteLength(visible) <= maxBytes ? visible : shortened(visible)
}

function shortened(part: string): string {
  const { stem, extension } = splitExtension(part)
  const mark = `~${sha256(part).slice(0, 8)}`
  let kept = stem
  while (Buffer.byteLength(kept + mark + extension) > maxBytes) kept = kept.slice(0, -1)
  return kept.replace(/[\uD800-\uDBFF]$/u, '') + mark + extension
}

function numbered(name: string, count: number): string {
  const { stem, extension } = splitExtension(name)
  return `${stem}-${count}${extension}`
}

/** An extension has at most ten characters; what is longer belongs to the name. */
function splitExtension(name: string): { stem: string; extension: string } {
  const extension = /\.[^./\\]{1,10}$/u.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}
