import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { backpropagate, type TapeNode } from './derivatives/backpropagate.ts'
import { keepAtKeys, type Store } from './key-store.ts'

interface Tracked {
  readonly id: number
  readonly kept: boolean
  scopeId: number
  dispose: () => void
}

interface Scope {
  readonly id: number
  readonly track: Tracked[]
}

/** tfjs's engine as it is; its types hide some of it, and say that all of this is always there. */
type Engine = Omit<ReturnType<typeof tf.engine>, 'state' | 'backendName'> & {
  readonly backendName: string | null
  readonly state: {
    activeTape: TapeNode[] | null
    gradientDepth: number
    kernelDepth: number
    nextTapeNodeId: number
    readonly profiling: boolean
    activeScope: Scope | null
    readonly scopeStack: Scope[]
    tensorInfo: Store
  }
}

type Inputs = Record<string, tf.Tensor>
type RunKernel = (name: string, inputs: Inputs, attributes?: tf.NamedAttrMap) => unknown

let isLean = false

/**
 * Replaces the parts of tfjs 4.22's engine that every operation passes through. A training step is thousands of small
 * operations, and the engine's bookkeeping took longer than the kernels of the smaller half of them:
 *
 * - what the tape saves is an alias of the tensor, not a copy with a kernel call and a tape node of its own;
 * - gradients and saved tensors are disposed of as soon as they have been used, not at the end of the backward pass;
 * - the end of an operation's scope makes no sets of what it returns;
 * - what is known of a tensor's memory is kept at its key instead of in a WeakMap.
 */
export function registerLeanEngine(): void {
  if (isLean) return
  isLean = true
  const engine = tf.engine() as unknown as Engine
  engine.state.tensorInfo = keepAtKeys(engine.state.tensorInfo)
  const parts = engine as unknown as Record<string, unknown> // methods of its class, which its own property hides
  parts['runKernel'] = runKernel(engine, engine.runKernel.bind(engine))
  parts['endScope'] = endScope(engine, engine.endScope.bind(engine))
  parts['gradients'] = gradients(engine)
}

const leanStorages = new WeakSet<object>()

/** The same for what the backend in use knows of its tensors. */
export function leanBackend(): void {
  for (const part of Object.values(tf.backend()) as unknown[]) {
    if (!(part instanceof tf.DataStorage) || leanStorages.has(part)) continue
    leanStorages.add(part)
    const storage = part as unknown as { data: Store } // its types hide it
    storage.data = keepAtKeys(storage.data)
  }
}

function runKernel(engine: Engine, plain: RunKernel): RunKernel {
  const { state } = engine
  return (name, inputs, attributes) => {
    const { backendName } = engine
    const kernel = backendName === null ? undefined : tf.getKernel(name, backendName)
    if (kernel === undefined || state.profiling) return plain(name, inputs, attributes)

    const tape = state.gradientDepth > 0 && state.kernelDepth === 0 ? state.activeTape : null
    state.kernelDepth++
    let result: tf.TensorInfo | tf.TensorInfo[]
    let outputs: readonly tf.Tensor[]
    try {
      result = kernel.kernelFunc({ inputs, attrs: attributes ?? noAttributes, backend: engine.backend })
      outputs = (Array.isArray(result) ? result : [result]).map((info) => tensorOf(engine, info))
      if (tape !== null) tape.push(record(engine, name, inputs, outputs, attributes))
    } finally {
      state.kernelDepth--
    }
    return Array.isArray(result) ? outputs : outputs[0]
  }
}

const noAttributes: tf.NamedAttrMap = {}

function tensorOf(engine: Engine, info: tf.TensorInfo): tf.Tensor {
  return info instanceof tf.Tensor ? (info as tf.Tensor) : engine.makeTensorFromTensorInfo(info)
}

/** The node of a kernel call on the tape, with what its derivative will need. */
function record(
  engine: Engine,
  kernelName: string,
  inputs: Inputs,
  outputs: readonly tf.Tensor[],
  attributes: tf.NamedAttrMap = noAttributes
): TapeNode {
  const node: TapeNode = { id: engine.state.nextTapeNodeId++, kernelName, inputs, outputs, saved: [] }
  const derivative = tf.getGradient(kernelName)
  // tfjs leaves the registry's word open: undefined for a kernel without a derivative.
  if ((derivative as tf.GradConfig | undefined) === undefined) return node
  const { inputsToSave = [], outputsToSave = [], saveAllInputs = false, gradFunc } = derivative
  const ofInputs = saveAllInputs ? Object.values(inputs) : inputsToSave.map((name) => inputs[name])
  const toSave = [...ofInputs, ...outputs.filter((_, i) => outputsToSave[i] === true)]
  const saved = toSave.filter((tensor) => tensor !== undefined).map((tensor) => aliasOf(engine, tensor))
  const gradient = (found: (tf.Tensor | null)[]) => {
    const dys = outputs.map((output, i) => found[i] ?? tf.zerosLike(output))
    const [dy] = dys
    invariant(dy, 'an operation has results')
    return gradFunc(dys.length > 1 ? dys : dy, saved, attributes)
  }
  return { ...node, saved, gradient }
}

/** A tensor of the same numbers that outlives `x`. To the tape it is `x`: the two have one identity. */
function aliasOf(engine: Engine, x: tf.Tensor): tf.Tensor {
  const alias = new tf.Tensor(x.shape, x.dtype, x.dataId, x.id)
  const backend = engine.backend as tf.KernelBackend & { incRef: (dataId: object) => void } // every backend has it
  backend.incRef(x.dataId)
  engine.trackTensor(alias, backend)
  return engine.keep(alias)
}

/** Ends the innermost scope: what was made in it is disposed of, but for its result, which the scope around it gets. */
function endScope({ state }: Engine, plain: Engine['endScope']): Engine['endScope'] {
  return (result) => {
    const scope = state.activeScope
    if (!(result instanceof tf.Tensor) || scope === null) {
      plain(result)
      return
    }
    for (const tensor of scope.track) if (!tensor.kept && tensor.id !== result.id) tensor.dispose()
    state.scopeStack.pop()
    const outer = state.scopeStack.at(-1) ?? null
    state.activeScope = outer
    const made = result as unknown as Tracked // its types hide the scope
    if (outer === null || made.kept || made.scopeId !== scope.id) return
    made.scopeId = outer.id
    outer.track.push(made)
  }
}

/** As tfjs's own, with what has been used disposed of on the way. */
function gradients(engine: Engine): Engine['gradients'] {
  const { state } = engine
  const tools = {
    tidy: (compute: () => tf.Tensor) => engine.tidy(compute),
    add: (a: tf.Tensor, b: tf.Tensor) => engine.runKernel<tf.Tensor>('Add', { a, b })
  }
  return (compute, xs, dy, mayBeAbsent = false) => {
    if (state.gradientDepth === 0) state.activeTape = []
    state.gradientDepth++
    let y
    try {
      y = engine.tidy('forward', compute)
    } finally {
      state.gradientDepth--
    }
    const tape = state.activeTape ?? []
    const isOutermost = state.gradientDepth === 0
    const finish = (node: TapeNode) => {
      if (isOutermost) for (const tensor of node.saved) tensor.dispose()
    }
    const grads = engine.tidy<(tf.Tensor | undefined)[]>('backward', () => {
      const found = backpropagate(tape, { xs, y, dy: dy ? tf.clone(dy) : tf.onesLike(y) }, tools, finish)
      return xs.map((x) => found.get(x.id))
    })
    if (isOutermost) state.activeTape = null
    invariant(mayBeAbsent || xs.length === 0 || grads.some((gradient) => gradient !== undefined), 'y depends on some x')
    return { value: y, grads: grads as tf.Tensor[] } // tfjs's types leave out that some may be absent
  }
}
