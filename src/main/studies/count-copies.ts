import { z } from 'zod'
import type { PictureCopy } from '../../shared/pictures.ts'
import { ThreadPool } from '../threads/pool.ts'
import type { CopiesTask } from '../workspace/picture-copies.ts'

/** So many pictures of a generator are looked at. */
const mostPictures = 500

/** How many pictures of a generator are nearly a part of one that it learned from, or nearly another of its own. */
export const CopyCount = z.object({ pictures: z.int(), ofTraining: z.int(), ofAnother: z.int() })
export type CopyCount = z.infer<typeof CopyCount>

/** Whether a generator gives back what it was shown: an arm that learns from that learns from its real images again. */
export async function countCopies(
  { pictures, training }: CopiesTask,
  { workerPath, signal }: { readonly workerPath: string; readonly signal: AbortSignal }
): Promise<CopyCount> {
  const looked = pictures.slice(0, mostPictures)
  const pool = new ThreadPool({ workerPath, threads: 1 })
  try {
    const task: CopiesTask = { pictures: looked, training }
    const copies = await pool.run<PictureCopy[]>(task, { name: 'copies', signal })
    const count = (of: PictureCopy['of']): number =>
      new Set(copies.filter((copy) => copy.of === of).map(({ position }) => position)).size
    return { pictures: looked.length, ofTraining: count('training'), ofAnother: count('another') }
  } finally {
    await pool.close()
  }
}

/** Of some generators together. */
export function copyWords(counts: readonly CopyCount[]): string {
  const sum = (of: (count: CopyCount) => number): number => counts.reduce((total, count) => total + of(count), 0)
  const pictures = sum((count) => count.pictures)
  return `of ${pictures} pictures ${sum((count) => count.ofTraining)} are nearly part of a real one that they were learned from, and ${sum((count) => count.ofAnother)} nearly another of their set`
}
