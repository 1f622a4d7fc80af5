/** Entry of the thread that gets batches ready while the engine computes (see `TileFeeder`). */
import { parentPort, workerData } from 'node:worker_threads'
import { toWireError, type WireError } from '../../shared/errors.ts'
import { type TileBatch } from '../datasets/tile-source.ts'
import { openPreparedTiles, type TileRequest } from '../datasets/prepared-tiles.ts'

/** Which batch is wanted. */
export interface BatchRequest {
  readonly iteration: number
  readonly size: number
}

export type BatchReply = { readonly iteration: number } & (
  { readonly batch: TileBatch } | { readonly error: WireError }
)

const port = parentPort
const tiles = openPreparedTiles(workerData as TileRequest) // given by TileFeeder
tiles.catch(() => undefined) // told to whoever asks for a batch

port?.on('message', (request: BatchRequest) => void answer(request))

async function answer({ iteration, size }: BatchRequest): Promise<void> {
  try {
    const batch = await (await tiles).batch(iteration, size)
    reply({ iteration, batch }, [batch.samples.buffer, batch.labels.buffer])
  } catch (thrown) {
    reply({ iteration, error: toWireError(thrown) }, [])
  }
}

function reply(message: BatchReply, transfer: ArrayBufferLike[]): void {
  port?.postMessage(message, transfer as ArrayBuffer[]) // made by the tile source, and not shared
}
