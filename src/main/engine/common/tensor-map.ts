import * as tf from '@tensorflow/tfjs'

/** Tensors outside the engine, by name. */
export type TensorMap = Record<string, { shape: number[]; data: Float32Array }>

/** Reads tensors back from the engine. */
export async function readTensors(tensors: ReadonlyMap<string, tf.Tensor>): Promise<TensorMap> {
  const result: TensorMap = {}
  for (const [name, tensor] of tensors) {
    result[name] = { shape: [...tensor.shape], data: Float32Array.from(await tensor.data()) }
  }
  return result
}

/** Sets each variable whose name and shape are there, and says which were. */
export function writeTensors(
  variables: ReadonlyMap<string, tf.Variable>,
  saved: TensorMap
): { taken: string[]; fresh: string[] } {
  const taken: string[] = []
  const fresh: string[] = []
  for (const [name, variable] of variables) {
    const source = Object.hasOwn(saved, name) ? saved[name] : undefined
    if (source?.shape.join() === variable.shape.join()) {
      tf.tidy(() => variable.assign(tf.tensor(source.data, source.shape)))
      taken.push(name)
    } else fresh.push(name)
  }
  return { taken, fresh }
}
