import { isUtf8 } from 'node:buffer'

/** A name that stands in an archive without a word on how it is written. */
export interface UnstatedName {
  readonly raw: Buffer
  /** As the standard has it: in the letters of the first IBM PC. */
  readonly standard: string
}

/**
 * Reads the names of an archive that does not say how they are written: as UTF-8 where all of them are (macOS writes it so),
 * as Shift-JIS where all of them make sense in it (Windows in Japanese), else as the standard has it.
 */
export function readUnstatedNames(names: readonly UnstatedName[]): string[] {
  if (names.every(({ raw }) => isUtf8(raw))) return names.map(({ raw }) => raw.toString('utf8'))
  const japanese = names.map(({ raw }) => japaneseText(raw))
  return names.map(({ standard }, i) => (japanese.includes(undefined) ? standard : (japanese[i] ?? standard)))
}

const letters = String.raw`\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\u3000-\u303f\u30fc\uff01-\uff5e\u2460-\u2473`
const plausible = new RegExp(`^[\\p{ASCII}${letters}]*$`, 'u')
/** An accented letter of another alphabet and the letter after it often make one Japanese character. */
const lone = new RegExp(`[A-Za-z][${letters}](?![${letters}])|(?<![${letters}])[${letters}][A-Za-z]`, 'u')
const halfWidth = /[\uff61-\uff9f]/

function japaneseText(raw: Buffer): string | undefined {
  let text: string
  try {
    text = new TextDecoder('shift_jis', { fatal: true }).decode(raw)
  } catch {
    return undefined
  }
  return plausible.test(text) && !lone.test(text) && !halfWidth.test(text) ? text : undefined
}
