/**
 * Entry of the worker threads that take in and prepare images: one image a task. Each kind of task loads what it needs, for
 * all tasks of a thread are of one kind. The pool calls an export by its name.
 */
import type { CellsPlace } from '../datasets/source-image.ts'
import type { TakeOutcome, TakeTask } from '../datasets/take-image.ts'
import type { PreparedOutcome, PrepareTask } from '../prepare/prepare-image.ts'
import type { CellAnswer, PictureCopy } from '../../shared/pictures.ts'
import type { FindableEffect, StudyResult } from '../../shared/studies.ts'
import type { AnswerTask, StudyAnswer, StudyForThread } from '../studies/answer-study.ts'
import type { PredictionsTask } from '../studies/elsewhere.ts'
import type { PilotTask } from '../studies/pilot.ts'
import type { CopiesTask } from '../workspace/picture-copies.ts'
import type { PicturePlace, ViewTask } from '../workspace/picture-views.ts'
import { answer, type Reply, type ThreadTask } from '../threads/reply.ts'
import type { ReaderTask } from './reader-work.ts'

/** An image that an import takes in. */
export function take(task: ThreadTask<TakeTask>): Promise<Reply<TakeOutcome>> {
  return answer(task, async (input) => {
    const { takeImage } = await import('../datasets/take-image.ts')
    return takeImage(input)
  })
}

export function countCategories(task: ThreadTask<CellsPlace>): Promise<Reply<ReadonlyMap<string, number>>> {
  return answer(task, async (input) => {
    const { countCategories } = await import('../datasets/formats/all-formats.ts')
    return countCategories(input)
  })
}

/** Whole requests that read files from outside. */
export function readerWork(task: ThreadTask<ReaderTask>): Promise<Reply<unknown>> {
  return answer(task, async (input) => {
    const { doReaderWork } = await import('./reader-work.ts')
    return doReaderWork(input, task.signs)
  })
}

/** Values of one picture, for a range that all pictures of a set share. */
export function sample(task: ThreadTask<string>): Promise<Reply<Float64Array[]>> {
  return answer(task, async (imageFile) => {
    const { sampleValues } = await import('../images/set-brightness.ts')
    return sampleValues(imageFile)
  })
}

export function prepare(task: ThreadTask<PrepareTask>): Promise<Reply<PreparedOutcome>> {
  return answer(task, async (input) => {
    const { prepareImage } = await import('../prepare/prepare-image.ts')
    return prepareImage(input)
  })
}

/** Something to look at, into a file. */
export function view(task: ThreadTask<ViewTask>): Promise<Reply<void>> {
  return answer(task, async (input) => {
    const { drawView } = await import('../workspace/picture-views.ts')
    return drawView(input)
  })
}

export function copies(task: ThreadTask<CopiesTask>): Promise<Reply<PictureCopy[]>> {
  return answer(task, async (input) => {
    const { findCopies } = await import('../workspace/picture-copies.ts')
    return findCopies(input, task.signs)
  })
}

/** What a study has come to. */
export function study(task: ThreadTask<AnswerTask>): Promise<Reply<StudyAnswer>> {
  return answer(task, async (input) => {
    const { answerStudy } = await import('../studies/answer-study.ts')
    return answerStudy(input)
  })
}

export function report(task: ThreadTask<StudyForThread>): Promise<Reply<StudyResult>> {
  return answer(task, async (input) => {
    const { reportStudy } = await import('../studies/answer-study.ts')
    return reportStudy(input)
  })
}

/** Predictions of another program, into a study. */
export function predictions(task: ThreadTask<PredictionsTask>): Promise<Reply<string[]>> {
  return answer(task, async (input) => {
    const { takePredictions } = await import('../studies/elsewhere.ts')
    return takePredictions(input)
  })
}

export function findable(task: ThreadTask<PilotTask>): Promise<Reply<FindableEffect[]>> {
  return answer(task, async (input) => {
    const { findableBy } = await import('../studies/pilot.ts')
    return findableBy(input)
  })
}

export function cell(
  task: ThreadTask<{ readonly place: PicturePlace; readonly x: number; readonly y: number }>
): Promise<Reply<CellAnswer>> {
  return answer(task, async (input) => {
    const { cellAt } = await import('../workspace/picture-views.ts')
    return cellAt(input)
  })
}
