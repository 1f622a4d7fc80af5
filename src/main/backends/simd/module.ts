import { get, integer, loadInteger, loadRepeated, set, unsigned, type Code, type Local } from './code.ts'

/**
 * A function that gets one address, at which its arguments lie as numbers of 32 bits: so a call can be written into
 * memory, for whichever thread makes it.
 */
export interface KernelCode {
  readonly name: string
  readonly locals: readonly LocalType[]
  readonly body: Code
}

type LocalType = 'i32' | 'v128'

const localTypes = { i32: 0x7f, v128: 0x7b }

/** Hands out the variables of a kernel while it is written, and reads its arguments. */
export class KernelWriter {
  /** Where the arguments lie. */
  readonly callAddress: Local = { index: 0 }
  readonly #locals: LocalType[] = []
  readonly #readArguments: Code[] = []

  /** The next argument: a count, an address, or bytes from one thing to another. */
  argument(): Local {
    const variable = this.integer()
    this.#readArguments.push(set(variable, loadInteger(get(this.callAddress), this.#nextOffset())))
    return variable
  }

  /** The next argument, a number, in all four places of a vector. */
  factor(): Local {
    const variable = this.vector()
    this.#readArguments.push(set(variable, loadRepeated(get(this.callAddress), this.#nextOffset())))
    return variable
  }

  integer(): Local {
    return this.#local('i32')
  }

  vector(): Local {
    return this.#local('v128')
  }

  finish(name: string, body: Code): KernelCode {
    return { name, locals: this.#locals, body: [this.#readArguments, body] }
  }

  #local(type: LocalType): Local {
    this.#locals.push(type)
    return { index: this.#locals.length } // the address of the arguments comes before them
  }

  #nextOffset(): number {
    return 4 * this.#readArguments.length
  }
}

/**
 * A WebAssembly module of such functions, in the memory of another module (specification 2.0, §5.5). It exports them, and
 * has them in a table for `callKernel`.
 *
 * @param shared whether that memory belongs to several threads
 */
export function moduleBytes(kernels: readonly KernelCode[], shared: boolean): Uint8Array<ArrayBuffer> {
  const mostPages = 65536 // of 64 KiB
  const limits = shared ? [3, 0, unsigned(mostPages)] : [0, 0]
  const [functionType, functionReference, memoryImport, functionExport] = [0x60, 0x70, 0x02, 0x00]
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  const functions = kernels.map((_, i) => unsigned(i))
  const typeOfAll = 0
  const sections = [
    section(1, [[functionType, list([[localTypes.i32]]), list([])]]),
    section(2, [[text('host'), text('memory'), memoryImport, limits]]),
    section(
      3,
      functions.map(() => [typeOfAll])
    ),
    section(4, [[functionReference, 0, unsigned(kernels.length)]]),
    section(
      7,
      kernels.map(({ name }, i) => [text(name), functionExport, unsigned(i)])
    ),
    section(9, [[0, integer(0), end, list(functions)]]),
    section(10, kernels.map(functionBody))
  ]
  return new Uint8Array(flat([magic, sections]))
}

const end = 0x0b

function functionBody({ locals, body }: KernelCode): Code {
  return sized([list(locals.map((type) => [1, localTypes[type]])), body, end])
}

function section(id: number, items: readonly Code[]): Code {
  return [id, sized(list(items))]
}

function list(items: readonly Code[]): Code {
  return [unsigned(items.length), items]
}

function text(value: string): Code {
  return list([...new TextEncoder().encode(value)].map((byte) => [byte]))
}

function sized(content: Code): Code {
  const bytes = flat(content)
  return [unsigned(bytes.length), bytes]
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? [part] : flat(part)))
}
