import { type AppError, refuse } from '../../shared/errors.ts'

/** What a pickle of weights can hold. Functions of Python appear by their names and are never run. */
export type PickleValue =
  null | boolean | number | bigint | string | PickleValue[] | PickleTuple | PickleDict | PickleGlobal | PickleObject

/** A tuple, which is what functions are given. */
export class PickleTuple {
  readonly items: readonly PickleValue[]
  constructor(items: readonly PickleValue[]) {
    this.items = items
  }
}

/** A dictionary, ordered or not. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>()
}

/** A class or function that the pickle names and that is allowed: `torch.FloatStorage`. */
export class PickleGlobal {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What the reader of a format made of an allowed function and its arguments, or of a persistent id. */
export class PickleObject {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** What a format allows in its pickles. */
export interface PickleRules {
  /** Whether a class or function may be named. Everything else in a pickle is plain data. */
  readonly allows: (name: string) => boolean
  /** Stands for a call of an allowed function; nothing of Python is run. */
  readonly call: (name: string, args: readonly PickleValue[]) => PickleValue
  /** Stands for data that lie outside of the pickle. */
  readonly persistent: (id: PickleValue) => PickleValue
  /** Receives the state of an object that `call` made; states are passed over where this is absent. */
  readonly build?: (object: unknown, state: PickleValue) => void
}

/** More steps than any file of weights or table takes; a hostile one could go on for its whole size. */
const mostSteps = 8_000_000
const orderedDict = 'collections.OrderedDict'

/**
 * Reads one pickle, protocols 2 to 5, without running anything: a pickle is a program for a small machine, and this one
 * knows only the steps that build plain data.
 *
 * @param source what to call the file in an error
 * @returns the value, and where the next pickle would begin
 * @throws AppError of kind `input` for a pickle that names code, is damaged, or holds what weights do not
 */
export function readPickle(
  bytes: Uint8Array,
  source: string,
  rules: PickleRules,
  start = 0
): { value: PickleValue; end: number } {
  return new PickleMachine(bytes, source, rules, start).run()
}

class PickleMachine {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #source: string
  readonly #rules: PickleRules
  #at: number
  #stack: PickleValue[] = []
  readonly #marked: PickleValue[][] = []
  readonly #memo = new Map<number, PickleValue>()

  constructor(bytes: Uint8Array, source: string, rules: PickleRules, start: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#source = source
    this.#rules = rules
    this.#at = start
  }

  run(): { value: PickleValue; end: number } {
    if (this.#bytes[this.#at] !== protocolStep) throw this.#damaged('it does not begin like a pickle')
    for (let steps = 0; steps < mostSteps; steps++) {
      const step = this.#byte()
      if (step === stopStep) return { value: this.#pop(), end: this.#at }
      const act = actions.get(step)
      if (act === undefined) {
        throw this.#damaged(
          `it takes the step ${String(step)} at byte ${String(this.#at - 1)}, which weights never need`
        )
      }
      act(this)
    }
    throw this.#damaged('it takes more steps than any weights need')
  }

  /** Skips what says something about the pickle itself: protocol and frames. */
  skip(bytes: number): void {
    this.#take(bytes)
  }

  push(value: PickleValue): void {
    this.#stack.push(value)
  }

  pushInteger(bytes: 1 | 2 | 4): void {
    const at = this.#take(bytes)
    if (bytes === 1) this.push(this.#view.getUint8(at))
    else this.push(bytes === 2 ? this.#view.getUint16(at, true) : this.#view.getInt32(at, true))
  }

  pushDouble(): void {
    this.push(this.#view.getFloat64(this.#take(8)))
  }

  /** Two's complement of any length; what a double cannot hold stays whole. */
  pushLong(length: number): void {
    const at = this.#take(length)
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i] ?? 0)
    if (length > 0 && ((this.#bytes[at + length - 1] ?? 0) & 0x80) !== 0) value -= 1n << BigInt(8 * length)
    const number = Number(value)
    this.push(Number.isSafeInteger(number) ? number : value)
  }

  pushText(length: number): void {
    const at = this.#take(length)
    this.push(new TextDecoder().decode(this.#bytes.subarray(at, at + length)))
  }

  /** A count of 1, 4 or 8 bytes. */
  count(bytes: 1 | 4 | 8): number {
    const at = this.#take(bytes)
    if (bytes === 1) return this.#view.getUint8(at)
    return bytes === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true))
  }

  mark(): void {
    this.#marked.push(this.#stack)
    this.#stack = []
  }

  toMark(): PickleValue[] {
    const items = this.#stack
    const before = this.#marked.pop()
    if (before === undefined) throw this.#damaged('its parts do not close')
    this.#stack = before
    return items
  }

  pop(): void {
    this.#pop()
  }

  tuple(size: number): void {
    const items = Array.from({ length: size }, () => this.#pop()).reverse()
    this.push(new PickleTuple(items))
  }

  append(items: readonly PickleValue[]): void {
    const list = this.#top()
    if (!Array.isArray(list)) throw this.#damaged('it appends to something that is not a list')
    for (const item of items) list.push(item)
  }

  one(): PickleValue[] {
    return [this.#pop()]
  }

  two(): PickleValue[] {
    const value = this.#pop()
    return [this.#pop(), value]
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.#top()
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
      throw this.#damaged('it sets entries of something that is not a dictionary')
    }
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i] ?? null, items[i + 1] ?? null)
  }

  put(index: number): void {
    this.#memo.set(index, this.#top())
  }

  memoize(): void {
    this.put(this.#memo.size)
  }

  get(index: number): void {
    const value = this.#memo.get(index)
    if (value === undefined) throw this.#damaged(`it refers to part ${String(index)}, which it does not have`)
    this.push(value)
  }

  /** A class or function by two lines of text, or by two texts on the stack. */
  global(from: 'lines' | 'stack'): void {
    const [module, name] = from === 'lines' ? [this.#line(), this.#line()] : this.two()
    if (typeof module !== 'string' || typeof name !== 'string') throw this.#damaged('it names something without a name')
    const full = `${module}.${name}`
    if (full !== orderedDict && !this.#rules.allows(full)) {
      throw refuse(
        `${this.#source} asks for ${full} to be run. Weights need no such code, so nothing of the file was used.`,
        {
          file: this.#source,
          next: 'Such a file can do anything to a computer that trusts it. Download the weights again from where they are published.'
        }
      )
    }
    this.push(new PickleGlobal(full))
  }

  reduce(): void {
    const [callee, args] = this.two()
    if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
      throw this.#damaged('it calls something that is not a function')
    }
    this.push(callee.name === orderedDict ? new PickleDict() : this.#rules.call(callee.name, args.items))
  }

  /** The attributes of an object: for a dictionary of weights they say which version wrote it, and are not needed. */
  build(): void {
    const state = this.#pop()
    const object = this.#top()
    if (object instanceof PickleObject) this.#rules.build?.(object.value, state)
  }

  persistent(): void {
    this.push(this.#rules.persistent(this.#pop()))
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0
  }

  /** Where the next bytes are; they are taken. */
  #take(bytes: number): number {
    const at = this.#at
    if (bytes > this.#bytes.length - at) throw this.#damaged('it ends in the middle')
    this.#at += bytes
    return at
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at)
    if (end < 0) throw this.#damaged('it ends in the middle')
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    return text
  }

  #top(): PickleValue {
    const top = this.#stack.at(-1)
    if (top === undefined) throw this.#damaged('its parts do not fit together')
    return top
  }

  #pop(): PickleValue {
    const top = this.#stack.pop()
    if (top === undefined) throw this.#damaged('its parts do not fit together')
    return top
  }

  #damaged(reason: string): AppError {
    return refuse(`${this.#source} cannot be read as weights of PyTorch: ${reason}.`, {
      file: this.#source,
      next: 'Download the file again: it may be incomplete.'
    })
  }
}

const protocolStep = 0x80
const stopStep = 0x2e

/** What each step does, by its byte (Python's pickletools gives their names). */
const actions = new Map<number, (machine: PickleMachine) => void>([
  [protocolStep, (m) => m.skip(1)],
  [0x95, (m) => m.skip(8)], // FRAME
  [0x28, (m) => m.mark()],
  [0x30, (m) => m.pop()],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4b, (m) => m.pushInteger(1)],
  [0x4d, (m) => m.pushInteger(2)],
  [0x4a, (m) => m.pushInteger(4)],
  [0x8a, (m) => m.pushLong(m.count(1))],
  [0x47, (m) => m.pushDouble()],
  [0x58, (m) => m.pushText(m.count(4))],
  [0x8c, (m) => m.pushText(m.count(1))],
  [0x8d, (m) => m.pushText(m.count(8))],
  [0x42, (m) => m.pushText(m.count(4))], // bytes are short names too, where they occur at all
  [0x43, (m) => m.pushText(m.count(1))],
  [0x54, (m) => m.pushText(m.count(4))], // byte strings of Python 2 are names here
  [0x55, (m) => m.pushText(m.count(1))],
  [0x5d, (m) => m.push([])],
  [0x7d, (m) => m.push(new PickleDict())],
  [0x29, (m) => m.tuple(0)],
  [0x85, (m) => m.tuple(1)],
  [0x86, (m) => m.tuple(2)],
  [0x87, (m) => m.tuple(3)],
  [0x74, (m) => m.push(new PickleTuple(m.toMark()))],
  [0x6c, (m) => m.push(m.toMark())],
  [0x61, (m) => m.append(m.one())],
  [0x65, (m) => m.append(m.toMark())],
  [0x73, (m) => m.setItems(m.two())],
  [0x75, (m) => m.setItems(m.toMark())],
  [0x71, (m) => m.put(m.count(1))],
  [0x72, (m) => m.put(m.count(4))],
  [0x94, (m) => m.memoize()],
  [0x68, (m) => m.get(m.count(1))],
  [0x6a, (m) => m.get(m.count(4))],
  [0x63, (m) => m.global('lines')],
  [0x93, (m) => m.global('stack')],
  [0x52, (m) => m.reduce()],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.persistent()]
])
