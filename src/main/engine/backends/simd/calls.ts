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

  /** @param kernel its place (see `kernelIndex`) */
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
