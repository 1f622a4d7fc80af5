import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Run } from '../../shared/runs.ts'
import { HistoryEntry } from '../../shared/training.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { requireSafePoints } from '../jobs/safe-points.ts'
import { type AppContext } from '../workspace/app-context.ts'

/**
 * Compares the files of a run that goes on with what the catalogue knows of it, and mends what can be mended.
 *
 * @returns what to tell of it
 * @throws AppError of kind `input` where every safe point is gone: nothing begins anew in silence
 */
export async function mendRunFiles(app: AppContext, run: Run): Promise<string[]> {
  const { runs } = app.catalog
  const folder = app.folders.folder('runs', run.id)
  const known = runs.checkpoints(run.id)
  const there = await requireSafePoints(folder, run.name, known)
  const newest = newestOf(known)
  const goesOnFrom = newestOf(there)
  if (goesOnFrom === 0) return []
  const notices = await mendHistory(join(folder, 'metrics.jsonl'), runs.history(run.id), goesOnFrom)
  if (goesOnFrom >= newest) return notices
  return [
    `The safe point at iteration ${newest} is no longer in the folder of the run: training continues from iteration ${goesOnFrom}.`,
    ...notices
  ]
}

function newestOf(points: readonly { readonly iteration: number }[]): number {
  return points.reduce((most, { iteration }) => Math.max(most, iteration), 0)
}

/** Puts back what the file of the history lost, and leaves a whole one as it is. */
async function mendHistory(file: string, known: readonly HistoryEntry[], last: number): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const kept = text.split('\n').flatMap(parseLine)
  const keys = new Set(kept.map(keyOf))
  const lost = known.filter((entry) => entry.iteration <= last && !keys.has(keyOf(entry)))
  const notices: string[] = []
  let whole = kept
  if (lost.length > 0) {
    // Within an iteration the catalogue has the order in which things happened.
    const places = new Map(known.map((entry, place) => [keyOf(entry), place]))
    const place = (entry: HistoryEntry): number => places.get(keyOf(entry)) ?? known.length
    whole = [...kept, ...lost].sort((a, b) => a.iteration - b.iteration || place(a) - place(b))
    await writeFileAtomic(file, whole.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    const lines = lost.length === 1 ? 'One line' : `${lost.length} lines`
    notices.push(`${lines} of the history were missing or damaged in its file, and were restored from the catalogue.`)
  }
  const steps = new Set(whole.flatMap((entry) => (entry.kind === 'step' ? [entry.iteration] : [])))
  const gaps = Array.from({ length: last }, (_, i) => i + 1).filter((iteration) => !steps.has(iteration)).length
  if (gaps > 0) notices.push(`The history of ${gaps} iterations is lost: neither its file nor the catalogue has it.`)
  return notices
}

/** What the catalogue tells entries apart by. */
function keyOf(entry: HistoryEntry): string {
  return JSON.stringify([entry.iteration, entry.kind, entry.kind === 'evaluation' ? entry.metric : ''])
}

/** A damaged line is none, nor is one that a kill cut off. */
function parseLine(text: string): HistoryEntry[] {
  if (text === '') return []
  try {
    return [HistoryEntry.parse(JSON.parse(text))]
  } catch {
    return []
  }
}
