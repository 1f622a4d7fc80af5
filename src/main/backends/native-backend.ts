import type * as tf from '@tensorflow/tfjs'
import { type Attribute } from './tensorflow-attributes.ts'
import { type TensorFlowLibrary } from './tensorflow-library.ts'

/** What our kernels use of tfjs-node's backend object. */
export interface NativeBackend {
  readonly binding: TensorFlowLibrary
  executeMultipleOutputs: (name: string, attributes: Attribute[], inputs: tf.TensorInfo[], count: number) => tf.Tensor[]
  executeSingleOutput: (name: string, attributes: Attribute[], inputs: tf.TensorInfo[]) => tf.Tensor
}

export function floatType({ binding }: NativeBackend): Attribute {
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}

export function float({ binding }: NativeBackend, name: string, value: number): Attribute {
  return { name, type: binding.TF_ATTR_FLOAT, value }
}

export function ints({ binding }: NativeBackend, name: string, value: number[]): Attribute {
  return { name, type: binding.TF_ATTR_INT, value }
}

export function text({ binding }: NativeBackend, name: string, value: string): Attribute {
  return { name, type: binding.TF_ATTR_STRING, value }
}

export function flag({ binding }: NativeBackend, name: string, value: boolean): Attribute {
  return { name, type: binding.TF_ATTR_BOOL, value }
}
