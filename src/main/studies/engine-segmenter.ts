import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError, refuse } from '../../shared/errors.ts'
import type { EngineInfo } from '../../shared/runs.ts'
import { SegmenterSettings } from '../../shared/segmentation.ts'
import type { Environment } from '../environment.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { type EngineMessage, type PictureSet, progressOf } from '../jobs/engine-protocol.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { lookEvery } from '../study/effort.ts'
import type { PictureGroup, Prediction, SegmentationTask, Segmenter } from './segmenter.ts'

/**
 * The built-in segmentation network (docs/method.md §12), trained and asked on an engine.
 *
 * @param runJob by default in an engine process for each job
 */
export function engineSegmenter(environment: Environment, runJob = runEngineJob): Segmenter {
  return async (task, watcher) => {
    let engine: EngineInfo | undefined
    const notes: string[] = []
    const hear = (message: EngineMessage): void => {
      if (message.type === 'engine') engine = message.engine
      if (message.type === 'notice') notes.push(message.text)
      if (message.type === 'progress') watcher.progress(progressOf(message))
    }
    const folder = join(task.folder, 'segmenter')
    const out = join(task.folder, 'predictions.json')
    await mkdir(folder, { recursive: true })
    const { resources } = environment
    const settings = settingsOf(task)
    const common = { engine: task.engine, resources, folder }
    const trained = await runJob(
      environment,
      {
        job: 'segment',
        ...common,
        settings,
        sets: [setOf(task.real, 'real'), ...(task.extra === undefined ? [] : [setOf(task.extra, 'synthetic')])],
        validation: [setOf(task.validation, 'real')]
      },
      hear,
      watcher.signal
    )
    if (trained.ending !== 'finished') throw stopped()
    const predicted = await runJob(
      environment,
      {
        job: 'predict',
        ...common,
        checkpoint: 'best',
        decoding: 'curve',
        pictures: setOf(task.test, 'real'),
        out
      },
      hear,
      watcher.signal
    )
    const [refused] = predicted.refused
    if (refused !== undefined) throw refuse(`The test image ${refused.file} cannot be segmented: ${refused.reason}`)
    const { iteration, parameters, best, secondsPerIteration } = trained
    const details = { settings, iteration, parameters, best, secondsPerIteration }
    return { predictions: await readPredictions(out), engine, details, notes }
  }
}

/** The same in all arms but for the augmentation that an arm is named after. */
function settingsOf({ plan, augmentation, seed, extra }: SegmentationTask): SegmenterSettings {
  const { iterations, batch, width, crop, learningRate, syntheticShare } = plan
  return SegmenterSettings.parse({
    iterations,
    batch,
    width,
    crop,
    learningRate,
    warmUp: Math.round(iterations / 10),
    schedule: 'cosine',
    ...(extra === undefined ? {} : { syntheticShare }),
    intensity: augmentation === 'doubled' ? 'doubled' : 'usual',
    ...(augmentation === 'doubled' ? { scaleRange: 1 } : {}),
    ...(augmentation === 'copy-paste' ? { copyPaste: 0.5 } : {}),
    evaluateEvery: lookEvery(iterations),
    seed
  })
}

function setOf({ kind, folder, images, shuffledMasks = false }: PictureGroup, as: PictureSet['as']): PictureSet {
  return { kind, folder, as, images: [...images], shuffledMasks }
}

const Predictions = z.object({
  annotations: z.array(
    z.object({ image_id: z.int(), score: z.number(), segmentation: z.object({ counts: z.string() }) })
  )
})

async function readPredictions(file: string): Promise<Map<number, Prediction[]>> {
  const found = Predictions.safeParse(jsonOf(await readFile(file, 'utf8')))
  if (!found.success) throw refuse('The predictions of a network are damaged.', { file })
  const byImage = new Map<number, Prediction[]>()
  for (const { image_id: image, score, segmentation } of found.data.annotations) {
    const own = byImage.get(image) ?? []
    own.push({ counts: segmentation.counts, score })
    byImage.set(image, own)
  }
  return byImage
}

function stopped(): AppError {
  return new AppError('stopped', 'The training of a segmentation network was stopped; everything is saved.', {
    next: 'The study goes on from there when it is resumed.'
  })
}
