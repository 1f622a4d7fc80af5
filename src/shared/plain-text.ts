/**
 * What nobody sees, and what makes text say something else than it shows: control characters, which move a terminal's
 * cursor or end a line; marks that turn the direction of writing; characters without width that begin a text; halves of
 * characters.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u
const everyUnseen = new RegExp(unseen, 'gu')

export function hasUnseen(text: string): boolean {
  return unseen.test(text)
}

/** Text of strangers as one line that shows all of itself: what is not seen becomes �. */
export function plainLine(text: string, standIn = '�'): string {
  return text.replace(everyUnseen, standIn)
}

/** The same for text of several lines. */
export function plainText(text: string): string {
  return text.replace(everyUnseen, (character) => (character === '\n' ? character : '�'))
}

/** A value with all its texts as plain lines; what is called a note may have several. */
export function plainly<Value>(value: Value): Value {
  if (typeof value === 'string') return plainLine(value) as Value & string
  if (Array.isArray(value)) return value.map((each: unknown) => plainly(each)) as Value & unknown[] // of the same shape
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const plain = ([key, each]: [string, unknown]) =>
    key === 'note' && typeof each === 'string' ? plainText(each) : plainly(each)
  return Object.fromEntries(Object.entries(value).map((entry) => [plainLine(entry[0]), plain(entry)])) as Value
}

/** JSON in which what is not seen stands as its number, so that no screen obeys it. */
export function plainJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(everyUnseen, escaped)
}
