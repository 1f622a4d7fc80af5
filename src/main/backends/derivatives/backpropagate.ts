import type * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'

/** A kernel call that tfjs has recorded. */
export interface TapeNode {
  readonly id: number
  readonly kernelName: string
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly outputs: readonly tf.Tensor[]
  /** What its derivative needs. */
  readonly saved: readonly tf.Tensor[]
  /** From the gradients of its outputs to those of its inputs; absent where the kernel has no derivative. */
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>
}

interface Tools {
  readonly tidy: (compute: () => tf.Tensor) => tf.Tensor
  readonly add: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
}

/**
 * The gradients of the tensors `xs` through the recorded calls, from the gradient `dy` of `y`. One that nobody needs any more is
 * disposed of at once.
 *
 * @param finish is told of each node when nothing more will be asked of it
 * @returns by the id of the tensor; those without an entry do not lead to `y`
 */
export function backpropagate(
  tape: readonly TapeNode[],
  { xs, y, dy }: { readonly xs: readonly tf.Tensor[]; readonly y: tf.Tensor; readonly dy: tf.Tensor },
  tools: Tools,
  finish: (node: TapeNode) => void
): GradientsById {
  const wanted = new Set(xs.map(({ id }) => id))
  const dependent = tensorsFrom(wanted, tape)
  const gradients = new GradientsById(tools.add)
  gradients.add(y.id, dy)
  for (const node of tape.toReversed()) {
    passThrough(node, dependent, gradients, tools)
    for (const { id } of node.outputs) if (!wanted.has(id)) gradients.release(id)
    finish(node)
  }
  return gradients
}

/** Ids of all tensors that depend on those of `sources`, themselves among them. */
function tensorsFrom(sources: ReadonlySet<number>, tape: readonly TapeNode[]): ReadonlySet<number> {
  const dependent = new Set(sources)
  for (const { inputs, outputs } of tape) {
    for (const name in inputs) {
      if (!dependent.has(inputs[name]?.id ?? NaN)) continue
      for (const { id } of outputs) dependent.add(id)
      break
    }
  }
  return dependent
}

function passThrough(
  { kernelName, inputs, outputs, gradient }: TapeNode,
  dependent: ReadonlySet<number>,
  gradients: GradientsById,
  { tidy }: Tools
): void {
  const dys = outputs.map(({ id }) => gradients.get(id) ?? null)
  const names = Object.keys(inputs).filter((name) => dependent.has(inputs[name]?.id ?? NaN))
  if (names.length === 0 || dys.every((dy) => dy === null)) return
  invariant(gradient, `there is a derivative of ${kernelName}`)
  const derivatives = gradient(dys)
  for (const name of names) {
    const [derivative, input] = [derivatives[name], inputs[name]]
    invariant(derivative && input, `there is a derivative of ${kernelName} by ${name}`)
    const dx = tidy(derivative)
    invariant(dx.shape.join() === input.shape.join(), `the derivative of ${kernelName} by ${name} has its shape`)
    gradients.add(input.id, dx)
  }
}

/** Gradients by the id of their tensor. One tensor may be the gradient of several, as both summands of a sum have the same. */
class GradientsById {
  readonly #found = new Map<number, tf.Tensor>()
  /** Of how many each tensor is the gradient. */
  readonly #uses = new Map<tf.Tensor, number>()
  readonly #add: Tools['add']

  constructor(add: Tools['add']) {
    this.#add = add
  }

  get(id: number): tf.Tensor | undefined {
    return this.#found.get(id)
  }

  /** Adds to what is there. The tensor is this object's from now on. */
  add(id: number, gradient: tf.Tensor): void {
    const before = this.#found.get(id)
    if (before === undefined) {
      this.#hold(id, gradient)
      return
    }
    const sum = this.#add(before, gradient)
    this.release(id)
    this.#hold(id, sum)
    if (!this.#uses.has(gradient)) gradient.dispose()
  }

  release(id: number): void {
    const gradient = this.#found.get(id)
    if (gradient === undefined) return
    this.#found.delete(id)
    const left = (this.#uses.get(gradient) ?? 1) - 1
    if (left > 0) this.#uses.set(gradient, left)
    else {
      this.#uses.delete(gradient)
      gradient.dispose()
    }
  }

  #hold(id: number, gradient: tf.Tensor): void {
    this.#found.set(id, gradient)
    this.#uses.set(gradient, (this.#uses.get(gradient) ?? 0) + 1)
  }
}
