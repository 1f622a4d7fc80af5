import type * as tf from '@tensorflow/tfjs'

/** A number that a program is told at every call. */
export interface Uniform {
  readonly type: 'int32' | 'float32'
  readonly data: number[]
}

/** A shader as tfjs's WebGPU backend takes it: it writes the declarations around `getUserCode`, in WGSL. */
export interface GpuProgram {
  readonly outputShape: number[]
  readonly dispatchLayout: { x: number[]; y?: number[]; z?: number[] }
  readonly dispatch: [number, number, number]
  readonly workgroupSize: [number, number, number]
  /** Names of the input arrays. */
  readonly variableNames: string[]
  /** Declarations of the uniforms, in their order. */
  readonly uniforms: string
  /** Programs of one key have one text. */
  readonly shaderKey: string
  /** Whether `uniforms.size`, the number of results, is declared too. */
  readonly size: boolean
  /** Numbers in one element of the arrays: 4 for vec4<f32>. */
  readonly outputComponent: 1 | 4
  readonly getUserCode: () => string
}

/** What our kernels use of tfjs's WebGPU backend. */
export interface WebgpuBackend {
  runWebGPUProgram: (
    program: GpuProgram,
    inputs: tf.TensorInfo[],
    dtype: 'float32',
    uniforms: Uniform[]
  ) => tf.TensorInfo
  disposeData: (dataId: object) => boolean
}

/** A program that computes each element of its result alone. */
interface ElementwiseProgram {
  readonly name: string
  readonly shape: number[]
  readonly inputs: string[]
  readonly uniforms: Record<string, Uniform>
  /** Numbers that lie together and are treated alike; in fours where they come in fours. */
  readonly channels: number
  /** WGSL that computes `value`, of the type T, from `index`. */
  readonly code: string
}

const elementsPerWorkgroup = 64

/** Runs a program whose `code` sees `index`, the type T of an element, and `uniforms`. */
export function runElementwise(
  backend: WebgpuBackend,
  program: ElementwiseProgram,
  tensors: tf.TensorInfo[]
): tf.TensorInfo {
  const { name, shape, inputs, uniforms, code } = program
  const component = elementSize(program.channels)
  return runFlat(
    backend,
    {
      outputShape: [sizeOf(shape)],
      dispatchLayout: { x: [0] },
      dispatch: [Math.ceil(sizeOf(shape) / component / elementsPerWorkgroup), 1, 1],
      workgroupSize: [elementsPerWorkgroup, 1, 1],
      variableNames: inputs,
      uniforms: declarations(uniforms),
      shaderKey: `cytoloom_${name}_${component}`,
      size: true,
      outputComponent: component,
      getUserCode: () => `
        alias T = ${component === 4 ? 'vec4<f32>' : 'f32'};
        fn main(index : i32) {
          if (index >= uniforms.size) { return; }
          ${code}
          result[index] = value;
        }`
    },
    { tensors, uniforms, shape }
  )
}

/** Runs a program that sees all its tensors as plain rows of numbers. */
export function runFlat(
  backend: WebgpuBackend,
  program: GpuProgram,
  given: { tensors: tf.TensorInfo[]; uniforms: Record<string, Uniform>; shape: number[] }
): tf.TensorInfo {
  const { tensors, uniforms, shape } = given
  const rows = tensors.map((tensor) => ({ dataId: tensor.dataId, shape: [sizeOf(tensor.shape)], dtype: tensor.dtype }))
  const { dataId, dtype } = backend.runWebGPUProgram(program, rows, 'float32', Object.values(uniforms))
  return { dataId, shape, dtype }
}

export function sizeOf(shape: number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** How many neighbouring channels are computed as one vector. */
export function elementSize(channels: number): 1 | 4 {
  return channels % 4 === 0 ? 4 : 1
}

/** The declarations of single numbers by name. */
export function declarations(uniforms: Record<string, Uniform>): string {
  return Object.entries(uniforms)
    .map(([name, { type }]) => `${name} : ${type === 'int32' ? 'i32' : 'f32'}, `)
    .join('')
}

export function integers<Name extends string>(values: Record<Name, number>): Record<Name, Uniform> {
  return named(values, 'int32')
}

export function floats<Name extends string>(values: Record<Name, number>): Record<Name, Uniform> {
  return named(values, 'float32')
}

function named<Name extends string>(values: Record<Name, number>, type: Uniform['type']): Record<Name, Uniform> {
  const entries = Object.entries<number>(values).map(([name, value]) => [name, { type, data: [value] }])
  return Object.fromEntries(entries) as Record<Name, Uniform> // the same names
}
