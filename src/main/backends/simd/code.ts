/*
 * WebAssembly written down as expressions. Each function below returns the bytes of one instruction behind those of its
 * operands (WebAssembly specification 2.0, §5: binary format, with its vector instructions).
 */

/** Instructions, as bytes. */
export type Code = readonly (number | Code)[]

/** A local variable of the function that is being written. */
export interface Local {
  readonly index: number
}

export function get({ index }: Local): Code {
  return [0x20, unsigned(index)]
}

export function set({ index }: Local, value: Code): Code {
  return [value, 0x21, unsigned(index)]
}

export function integer(value: number): Code {
  return [0x41, signed(value)]
}

/** Bytes of four numbers. */
export const vectorBytes = integer(16)

export function plus(a: Code, b: Code): Code {
  return [a, b, 0x6a]
}

export function increase(variable: Local, amount: Code): Code {
  return set(variable, plus(get(variable), amount))
}

/** Repeats `count` times, which is above zero. The counter is the loop's own. */
export function times(counter: Local, count: Code, body: Code): Code {
  const [loop, withoutResult, repeatIf, end] = [0x03, 0x40, 0x0d, 0x0b]
  const lower = increase(counter, integer(-1))
  return [set(counter, count), loop, withoutResult, body, lower, get(counter), repeatIf, 0, end]
}

/** Calls the kernel at this place of the module's table. */
export function callKernel(place: Code, callAddress: Code): Code {
  return [callAddress, place, 0x11, 0, 0]
}

export function loadInteger(address: Code, offset = 0): Code {
  return [address, 0x28, inMemory(offset)]
}

/** Four numbers from an address, which need not be a multiple of 16. */
export function load(address: Code, offset = 0): Code {
  return [address, vector(0x00), inMemory(offset)]
}

/** One number from an address, four times. */
export function loadRepeated(address: Code, offset = 0): Code {
  return [address, vector(0x09), inMemory(offset)]
}

export function store(address: Code, value: Code, offset = 0): Code {
  return [address, value, vector(0x0b), inMemory(offset)]
}

export function add(a: Code, b: Code): Code {
  return [a, b, vector(0xe4)]
}

export function multiply(a: Code, b: Code): Code {
  return [a, b, vector(0xe6)]
}

/** Four of the eight numbers of a and b, by their places. */
export function pick(a: Code, b: Code, places: readonly [number, number, number, number]): Code {
  return [a, b, vector(0x0d), places.flatMap((place) => [0, 1, 2, 3].map((byte) => 4 * place + byte))]
}

/** The numbers of a where those of x are above zero, else those of b. */
export function whereAboveZero(x: Code, a: Code, b: Code): Code {
  const zeros = [integer(0), vector(0x11)]
  return [a, b, x, zeros, vector(0x44), vector(0x52)]
}

function vector(opcode: number): Code {
  return [0xfd, unsigned(opcode)]
}

/** Alignment 2⁰, which promises nothing, and an offset in bytes. */
function inMemory(offset: number): Code {
  return [0, unsigned(offset)]
}

/** A number in groups of seven bits, the lowest first (LEB128). */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, unsigned(value >>> 7)]
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, signed(value >> 7)]
}
