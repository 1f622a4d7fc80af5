/** Entry of the thread that gets batches ready while the engine computes (see `TileFeeder`). */
import { parentPort, workerData } from 'node:worker_threads'
import { type TileBatch } from '../datasets/tile-source.ts'
import { openTrainingTiles, type TrainingTileRequest } from '../datasets/prepared-tiles.ts'
import { type Reply, replyOf } from '../threads/reply.ts'

/** Which batch is wanted. */
export interface BatchRequest {
  readonly iteration: number
  readonly size: number
}

export interface BatchReply {
  readonly iteration: number
  readonly reply: Reply<TileBatch>
}

const port = parentPort
const tiles = openTrainingTiles(workerData as TrainingTileRequest) // given by TileFeeder
tiles.catch(() => undefined) // told to whoever asks for a batch

port?.on('message', (request: BatchRequest) => void answer(request))

async function answer({ iteration, size }: BatchRequest): Promise<void> {
  const reply = await replyOf(async () => (await tiles).batch(iteration, size))
  const parts = 'outcome' in reply ? [reply.outcome.samples, reply.outcome.labels, reply.outcome.annotated] : []
  const transfer = parts.flatMap((part) => part?.buffer ?? [])
  port?.postMessage({ iteration, reply } satisfies BatchReply, transfer as ArrayBuffer[]) // of its own, and not shared
}
