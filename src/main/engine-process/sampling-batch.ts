import { type NetworkSettings } from '../../shared/training.ts'
import { drawingBytes } from '../engine/memory-model.ts'

/** Pictures made at once where memory is no matter, and the bytes that those of larger networks may take. */
const usualBatch = 16
const mostBytes = 1.2e9

/**
 * Pictures made at once. It follows from the network alone, not from the memory of this computer: engines may round
 * otherwise in another batch, and the same seed is to give the same pictures everywhere.
 */
export function samplingBatch(network: NetworkSettings): number {
  let batch = usualBatch
  while (batch > 1 && drawingBytes(network, batch) > mostBytes) batch /= 2
  return batch
}
