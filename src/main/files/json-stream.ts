import { createReadStream } from 'node:fs'
import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { checkInputFile, streamInputFile } from './input-file.ts'
import { decodeText, parseLooseJson, utf16Of } from './loose-json.ts'

/** Where an entry is written, with its key if it has one: first byte in the file, length in bytes. */
export interface JsonPlace {
  readonly start: number
  readonly length: number
}

/** Receives one entry of one of the wanted lists. */
export type JsonVisitor = (list: string, value: unknown, place: JsonPlace) => void

/**
 * Reads lists out of a JSON object of any size, an entry at a time: V8 cannot hold a text beyond about 537 million
 * characters, and the training annotations of LIVECell are longer.
 *
 * The members of the top-level object that are named in `wanted` are visited; each may be a list, or an object whose
 * values are the entries (some tools key annotations by their ids). Everything else is skipped without being kept.
 *
 * @returns the names among `wanted` that the file has
 * @throws AppError of kind `input` for a file that is no JSON object, damaged or truncated, nested deeper than
 * the limit, or in which a wanted member is something else; the sentence says where
 */
export async function readJsonLists(
  path: string,
  wanted: readonly string[],
  visit: JsonVisitor
): Promise<ReadonlySet<string>> {
  const scanner = new ListScanner(path, wanted, visit)
  for await (const chunk of streamInputFile(path, 'JSON file')) scanner.push(chunk)
  return scanner.finish()
}

/** Reads an entry again from its place: the text that `readJsonLists` found there. */
export function parseJsonEntry(text: string): unknown {
  if (!text.startsWith('"')) return parseLooseJson(text)
  const value: unknown = parseLooseJson(`{${text}}`)
  return Object.values(value ?? {})[0]
}

/** Reads a file that is one list, an entry at a time; see `readJsonLists`. */
export async function readJsonList(path: string, visit: (value: unknown) => void): Promise<void> {
  const scanner = new ListScanner(path, ['entries'], (_, value) => visit(value))
  scanner.push(Buffer.from('{"entries":'))
  let isFirst = true
  for await (const bytes of streamInputFile(path, 'JSON file')) {
    scanner.push(isFirst && bytes[0] === 0xef ? bytes.subarray(3) : bytes)
    isFirst = false
  }
  scanner.push(Buffer.from('}'))
  scanner.finish()
}

/** Whether a JSON file begins as a list. */
export async function beginsAsList(path: string): Promise<boolean> {
  await checkInputFile(path, 'JSON file')
  for await (const chunk of createReadStream(path, { end: 1 << 16 })) {
    const [first] = decodeText(chunk as Buffer).trimStart() // a byte order mark counts as blank
    if (first !== undefined) return first === '['
  }
  return false
}

const { depth: maxDepth, entryBytes: maxEntryBytes } = limits.json

// What a byte outside of strings means for the structure; inside an entry, what comes before `newline` means nothing.
const plain = 0
const blank = 1
const comma = 2
const newline = 3
const quote = 4
const opening = 5
const closing = 6

const kinds = new Uint8Array(256)
for (const [kind, characters] of [
  [blank, ' \t\r'],
  [newline, '\n'],
  [quote, '"'],
  [opening, '[{'],
  [closing, ']}'],
  [comma, ',']
] as const) {
  for (const byte of Buffer.from(characters)) kinds[byte] = kind
}

const backslash = 0x5c
const quotationMark = 0x22
const apostrophe = 0x27
const singleQuotes =
  'its texts stand between apostrophes, as Python prints a dictionary, and not between quotation marks, as json.dump writes them'

/** What is wrong with how a text or a member of its object begins. */
function problemAt(depth: number, kind: number, byte: number | undefined): string | undefined {
  if (depth === 0) return kind === opening ? undefined : 'it is not JSON'
  return byte === apostrophe ? singleQuotes : undefined
}

/** The next byte that matters inside an entry, or the end. */
function passPlain(chunk: Buffer, from: number): number {
  let at = from
  while (at < chunk.length && (kinds[chunk[at] ?? 0] ?? plain) < newline) at++
  return at
}

/**
 * Follows strings and brackets and cuts out the text of each entry, which JSON.parse then reads.
 *
 * Depth 0 is outside the top-level object, 1 among its members, 2 among the entries of a member, deeper inside them.
 */
class ListScanner {
  readonly #path: string
  readonly #wanted: readonly string[]
  readonly #visit: JsonVisitor
  readonly #found = new Set<string>()
  #depth = 0
  #hasEnded = false
  #isInString = false
  #isEscaped = false
  #line = 1
  /** The wanted member being read, and whether its entries have keys. */
  #list: string | undefined
  #isKeyed = false
  #entries = 0
  /** The text being cut out: pieces of earlier chunks, and its start in the present one (−1: none has begun). */
  #pieces: Buffer[] = []
  #held = 0
  #start = -1
  #isSkipping = false
  /** Bytes of the file before the present chunk, and before the text being cut out. */
  #passed = 0
  #textStart = 0

  constructor(path: string, wanted: readonly string[], visit: JsonVisitor) {
    this.#path = path
    this.#wanted = wanted
    this.#visit = visit
  }

  push(chunk: Buffer): void {
    if (this.#passed === 0 && utf16Of(chunk)) throw this.#wrongEncoding()
    let at = this.#isAtStart() && chunk[0] === 0xef ? 3 : 0 // a byte order mark
    while (at < chunk.length) at = this.#isInString ? this.#passString(chunk, at) : this.#step(chunk, at)
    this.#holdRest(chunk)
    this.#passed += chunk.length
  }

  finish(): ReadonlySet<string> {
    if (!this.#hasEnded) {
      throw this.#refusal(
        this.#line === 1 && this.#depth === 0 ? 'it is empty or not JSON' : 'the file ends in the middle'
      )
    }
    return this.#found
  }

  #isAtStart(): boolean {
    return this.#depth === 0 && !this.#hasEnded
  }

  #step(chunk: Buffer, from: number): number {
    const at = this.#depth > 2 ? passPlain(chunk, from) : from
    if (at === chunk.length) return at
    const kind = kinds[chunk[at] ?? 0] ?? plain
    if (this.#start < 0 && kind !== blank && kind !== newline) this.#begin(kind, chunk, at)
    if (kind !== plain && kind !== blank) this.#meet(kind, chunk, at)
    return at + 1
  }

  /** Returns the position after the string, or the end of the chunk. */
  #passString(chunk: Buffer, from: number): number {
    let at = from
    let isEscaped = this.#isEscaped
    for (; at < chunk.length; at++) {
      const byte = chunk[at]
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quotationMark) break
    }
    this.#isEscaped = isEscaped
    this.#isInString = at === chunk.length
    return Math.min(at + 1, chunk.length)
  }

  #begin(kind: number, chunk: Buffer, at: number): void {
    if (this.#hasEnded) throw this.#refusal('something follows after its end')
    const problem = this.#depth > 1 ? undefined : problemAt(this.#depth, kind, chunk[at])
    if (problem !== undefined) throw this.#refusal(problem)
    const isStart = kind === plain || kind === quote || kind === opening
    if (isStart && this.#depth > 0 && !this.#isSkipping) {
      this.#start = at
      this.#textStart = this.#passed + at
    }
  }

  #meet(kind: number, chunk: Buffer, at: number): void {
    if (kind === newline) this.#line++
    else if (kind === quote) this.#isInString = true
    else if (kind === opening) this.#open(chunk, at)
    else if (kind === closing) this.#close(chunk, at)
    else if (this.#depth <= 2) this.#endEntry(chunk, at)
  }

  #open(chunk: Buffer, at: number): void {
    if (this.#depth === 0 && chunk[at] !== 0x7b) throw this.#refusal('it holds a list, where an object is expected')
    if (this.#depth === 1) this.#openMember(chunk, at)
    this.#depth++
    if (this.#depth > maxDepth) throw this.#refusal(`it is nested deeper than ${maxDepth} levels`)
  }

  #openMember(chunk: Buffer, at: number): void {
    const name = /^"([^"\\]*)"\s*:\s*$/.exec(this.#cut(chunk, at))?.[1]
    if (name !== undefined && this.#wanted.includes(name)) {
      this.#list = name
      this.#isKeyed = chunk[at] === 0x7b
      this.#entries = 0
      this.#found.add(name)
    } else {
      this.#isSkipping = true
    }
  }

  #close(chunk: Buffer, at: number): void {
    if (this.#depth <= 2) this.#endEntry(chunk, at)
    this.#depth--
    if (this.#depth === 1) {
      this.#list = undefined
      this.#isSkipping = false
    }
    if (this.#depth === 0) this.#hasEnded = true
  }

  /** At a comma or closing bracket among members or entries. */
  #endEntry(chunk: Buffer, at: number): void {
    const text = this.#cut(chunk, at)
    if (text.trim() === '') return
    if (this.#depth === 2 && this.#list !== undefined) this.#report(this.#list, text, this.#passed + at)
    else if (this.#depth === 1) this.#checkScalar(text)
  }

  #report(list: string, text: string, end: number): void {
    this.#entries++
    const where = `entry ${this.#entries} of "${list}"`
    const place = { start: this.#textStart, length: end - this.#textStart }
    if (!this.#isKeyed) {
      this.#visit(list, this.#parse(text, where), place)
      return
    }
    const member: unknown = this.#parse(`{${text}}`, where)
    for (const value of Object.values(member ?? {})) this.#visit(list, value, place)
  }

  /** A member that is a number, a text or null: fine, unless a list should stand there. */
  #checkScalar(text: string): void {
    const member: unknown = this.#parse(`{${text}}`, 'it')
    for (const [name, value] of Object.entries(member ?? {})) {
      if (!this.#wanted.includes(name) || value === null) continue
      throw this.#refusal(`its "${name}" is ${JSON.stringify(value).slice(0, 40)}, where a list is expected`)
    }
  }

  #parse(text: string, where: string): unknown {
    try {
      return parseLooseJson(text)
    } catch {
      throw this.#refusal(`${where} is not valid JSON`)
    }
  }

  #cut(chunk: Buffer, end: number): string {
    if (this.#start < 0) return ''
    const last = chunk.subarray(this.#start, end)
    const text = decodeText(this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]))
    this.#pieces = []
    this.#held = 0
    this.#start = -1
    return text
  }

  #holdRest(chunk: Buffer): void {
    if (this.#start < 0) return
    this.#pieces.push(chunk.subarray(this.#start))
    this.#held += chunk.length - this.#start
    this.#start = 0
    if (this.#held > maxEntryBytes) throw this.#refusal(`one entry is larger than ${maxEntryBytes / 2 ** 20} MB`)
  }

  #wrongEncoding(): Error {
    return refuse(`${this.#path} is text in UTF-16, and only UTF-8 is read.`, {
      file: this.#path,
      next: 'Open it in a text editor and save it again with the encoding UTF-8.'
    })
  }

  #refusal(reason: string): Error {
    return refuse(`${this.#path} cannot be read as JSON: ${reason} (line ${this.#line}).`, {
      file: this.#path,
      next: 'Export the annotations again, or copy the file again: it may be incomplete.'
    })
  }
}
