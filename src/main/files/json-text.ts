import { Reason } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { decodeText, parseLooseJson } from './loose-json.ts'

/** Bytes that V8 takes for each kind of value, about: an object with a few members, a list, and any value in them. */
const [objectBytes, listBytes, valueBytes] = [72, 56, 16]

const [quote, backslash, comma, openObject, openList] = [0x22, 0x5c, 0x2c, 0x7b, 0x5b]

/**
 * About how much memory a JSON text takes once it is parsed. Small texts can become large: a list of empty objects takes
 * twenty times its length. Counted before anything is parsed, as a parser cannot be stopped.
 */
function parsedBytes(text: Uint8Array): number {
  let [objects, lists, values] = [0, 0, 0]
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === comma) values++
    else if (byte === openObject) objects++
    else if (byte === openList) lists++
    else if (byte === quote) at = endOfString(text, at)
  }
  return text.length + objectBytes * objects + listBytes * lists + valueBytes * values
}

function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1
  return at
}

/**
 * Parses a JSON text from outside, in UTF-8 or UTF-16, with or without a byte order mark.
 *
 * @throws Reason for what would take too much memory, SyntaxError for what is not JSON
 */
export function parseJsonText(text: Uint8Array): unknown {
  const bytes = parsedBytes(text)
  const most = limits.json.parsedBytes
  if (bytes > most) {
    throw new Reason(
      `it would take ${Math.round(bytes / 2 ** 20)} MB of memory, and at most ${most / 2 ** 20} MB are allowed`
    )
  }
  return parseLooseJson(decodeText(text))
}
