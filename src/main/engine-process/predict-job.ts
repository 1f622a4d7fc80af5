import { toWireError } from '../../shared/errors.ts'
import { restoreFlowNet } from '../engine/segmenter-state.ts'
import { type FlowNet } from '../engine/networks/flow-network.ts'
import { type PredictJob, type PredictOutcome } from '../jobs/engine-protocol.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { rleArea, rleBox, rleFromLabel } from '../masks/rle.ts'
import { decodeFlows, type DecodedCells, openDecoding, strictDecoding } from '../segmentation/decode-flows.ts'
import { resizeGray, resizeLabels, scaledSize } from '../segmentation/resize-picture.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { type Channel } from './channel.ts'
import { predictPicture } from './predict-picture.ts'
import { encoderOf } from './segmenter-encoder.ts'
import { SegmenterPoints } from './segmenter-points.ts'
import { openPictureSet, type SetPicture } from './set-pictures.ts'
import { startEngine } from './start-engine.ts'

/** Finds the cells of pictures and writes them as COCO: run-length masks with scores. */
export async function predictCells(job: PredictJob, channel: Channel): Promise<void> {
  await startEngine(job, channel)
  const pictures = await openPictureSet(job.pictures)
  const { settings, network: weights, scale } = await new SegmenterPoints(job.folder).choose(job.checkpoint)
  const encoder = await encoderOf(settings, job.resources)
  const network = restoreFlowNet(settings, weights, encoder)
  const decoding = job.decoding === 'curve' ? openDecoding : strictDecoding
  const coco = new CocoPredictions()
  const refused: PredictOutcome['refused'] = []
  for (const [done, picture] of pictures.entries()) {
    await channel.send({ type: 'progress', stage: 'predict', done, total: pictures.length })
    await channel.refuseIfStopped('The prediction was stopped: nothing was written.')
    const found = await findCells(network, picture, scale, decoding).catch((thrown: unknown) => {
      const { kind, message } = toWireError(thrown)
      if (kind !== 'input') throw thrown
      refused.push({ file: picture.file, reason: message })
    })
    if (found !== undefined) coco.add(picture, found)
  }
  network.dispose()
  encoder?.dispose()
  await writeFileAtomic(job.out, `${JSON.stringify(coco.content())}\n`)
  await channel.send({ type: 'predicted', outcome: { images: coco.images, cells: coco.cells, refused } })
}

/** At the size that the network learned, and back. */
async function findCells(
  network: FlowNet,
  picture: SetPicture,
  scale: number,
  decoding: typeof strictDecoding
): Promise<DecodedCells> {
  const size = scaledSize(picture, scale)
  const gray = resizeGray(await picture.gray(), picture, size)
  const decoded = decodeFlows(await predictPicture(network, gray, size.width, size.height), decoding)
  const { width, height } = picture
  return { ...decoded, labels: resizeLabels(decoded.labels, size, picture), width, height }
}

/** A COCO file: `images` by the names of their files, `annotations` with compressed runs and scores. */
class CocoPredictions {
  readonly #images: object[] = []
  readonly #annotations: object[] = []

  get images(): number {
    return this.#images.length
  }

  get cells(): number {
    return this.#annotations.length
  }

  add({ id, file, width, height }: SetPicture, { labels, scores }: DecodedCells): void {
    this.#images.push({ id, width, height, file_name: file })
    for (const [label, mask] of [...rleFromLabel(labels, width, height)].sort(([a], [b]) => a - b)) {
      if (label === 0) continue
      const box = rleBox(mask)
      this.#annotations.push({
        id: this.#annotations.length + 1,
        image_id: id,
        category_id: 1,
        segmentation: { size: [height, width], counts: encodeCounts(mask.counts) },
        area: rleArea(mask),
        bbox: [box.x, box.y, box.width, box.height],
        iscrowd: 0,
        score: Number((scores[label - 1] ?? 0).toFixed(6))
      })
    }
  }

  content(): object {
    return { images: this.#images, annotations: this.#annotations, categories: [{ id: 1, name: 'cell' }] }
  }
}
