import { callKernel, get, increase, integer, loadInteger, plus, set, times, type Code } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/** A call takes so many numbers: the place of its kernel, and the arguments, of which the last may be unused. */
const callLength = 16

/** Calls of kernels that one thread makes in order, as whole numbers of 32 bits: how many there are, and the calls. */
export class CallList {
  readonly numbers: number[] = [0]

  get isEmpty(): boolean {
    return this.numbers.length === 1
  }

  /** @param kernel its index (see `kernelIndex`) */
  add(kernel: number, ...values: number[]): void {
    this.numbers[0] = (this.numbers[0] ?? 0) + 1
    this.numbers.push(kernel, ...values)
    for (let unused = callLength - 1 - values.length; unused > 0; unused--) this.numbers.push(0)
  }
}

/** Makes all calls of a list that is not empty. Its arguments are those of a list. */
export function callAll(): KernelCode {
  const writer = new KernelWriter()
  const count = writer.argument()
  const [counter, call] = [writer.integer(), writer.integer()]
  const each: Code = [
    callKernel(loadInteger(get(call)), plus(get(call), integer(4))),
    increase(call, integer(4 * callLength))
  ]
  return writer.finish('callAll', [
    set(call, plus(get(writer.callAddress), integer(4))),
    times(counter, get(count), each)
  ])
}

/** A factor as the whole number of 32 bits that it looks like in memory. */
export function factor(value: number): number {
  asFactor[0] = value
  return asInteger[0] ?? 0
}

const asFactor = new Float32Array(1)
const asInteger = new Int32Array(asFactor.buffer)

/** A list of work is cut into no more parts than this. */
export const mostShares = 8
/** In vectors: less work than this takes less time than to wake a thread. */
const smallestShare = 4096

/** Cuts `count` things, of so many vectors each, into parts for several threads. */
export function shareOut(
  count: number,
  vectors: number,
  callsOf: (first: number, count: number, share: number) => CallList
): CallList[] {
  const shares = Math.max(1, Math.min(count, mostShares, Math.floor((count * vectors) / smallestShare)))
  return Array.from({ length: shares }, (_, share) => {
    const first = Math.floor((count * share) / shares)
    return callsOf(first, Math.floor((count * (share + 1)) / shares) - first, share)
  })
}
