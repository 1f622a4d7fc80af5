import { isUtf8 } from 'node:buffer'

/**
 * Parses JSON as programs write it: `NaN` and `Infinity`, which Python writes, become null, and a member that is a whole
 * number of 16 digits or more becomes its text, since a JavaScript number would round it and two ids could become one.
 *
 * @throws SyntaxError for what is no JSON otherwise either
 */
export function parseLooseJson(text: string): unknown {
  const exact = longMember.test(text) ? text.replace(longMembers, '$1"$2"') : text
  try {
    return JSON.parse(exact)
  } catch (thrown) {
    const plain = exact.replace(quotedOrNotFinite, (found) => (found.startsWith('"') ? found : 'null'))
    if (plain === exact) throw thrown
    return JSON.parse(plain)
  }
}

const longMember = /"\s*:\s*-?\d{16,}\s*[,}]/
const longMembers = /("[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g
const quotedOrNotFinite = /"[^"\\]*(?:\\.[^"\\]*)*"|\bNaN\b|-?\bInfinity\b/g

/** The encoding of a text by its first bytes: what Windows calls Unicode, with its mark or without. */
export function utf16Of(start: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = start
  if ((first === 0xff && second === 0xfe) || (isOpening(first) && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && isOpening(second))) return 'utf-16be'
  return undefined
}

function isOpening(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b
}

/** A text from outside in UTF-8 or UTF-16, without its byte order mark; what is neither is as Windows in Europe writes it. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(utf16Of(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')).decode(bytes)
}

/** A text from outside whose beginning may have lost the rest of its last letter. */
export function decodeStart(bytes: Uint8Array): string {
  let end = bytes.length
  while (end > 0 && end > bytes.length - 4 && !isUtf8(bytes.subarray(0, end))) end--
  return decodeText(isUtf8(bytes.subarray(0, end)) ? bytes.subarray(0, end) : bytes)
}
