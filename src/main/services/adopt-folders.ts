import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type z } from 'zod'
import { DatasetAbout, RunAbout } from '../../shared/abouts.ts'
import { PreparedAbout } from '../../shared/masks.ts'
import { SyntheticAbout } from '../../shared/synthetic.ts'
import { HistoryEntry } from '../../shared/training.ts'
import { type AppContext } from './app-context.ts'
import { type Collection } from './workspace.ts'

/**
 * Brings the catalogue in step with the folders: whatever folder describes itself and is not in the catalogue is taken
 * in. That is a thing whose last step was cut off by a kill, or all of them where `catalog.sqlite` was lost.
 */
export async function adoptFolders(app: AppContext): Promise<void> {
  const { catalog } = app
  const datasets = await unknownAbouts(app, 'datasets', DatasetAbout, (id) => catalog.datasets.hasId(id))
  const prepared = await unknownAbouts(app, 'prepared', PreparedAbout, (id) => catalog.prepared.hasId(id))
  const runs = await unknownAbouts(app, 'runs', RunAbout, (id) => catalog.runs.hasId(id))
  const synthetic = await unknownAbouts(app, 'synthetic', SyntheticAbout, (id) => catalog.synthetic.hasId(id))
  if (datasets.length + prepared.length + runs.length + synthetic.length === 0) return
  catalog.rebuildFrom({
    datasets,
    prepared: prepared.map(({ result, images }) => ({ result, images })),
    runs: await Promise.all(
      runs.map(async ({ run }) => ({ run, history: await readHistory(app, run.id), checkpoints: [] }))
    ),
    synthetic
  })
}

async function unknownAbouts<Schema extends z.ZodType>(
  app: AppContext,
  collection: Collection,
  schema: Schema,
  isKnown: (id: string) => boolean
): Promise<z.infer<Schema>[]> {
  const entries = await readdir(app.folders.folder(collection), { withFileTypes: true })
  const unknown = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !isKnown(entry.name))
  const abouts = await Promise.all(
    unknown.map(({ name }) => readAbout(join(app.folders.folder(collection, name), 'about.json'), schema))
  )
  return abouts.filter((about) => about !== undefined)
}

/** A folder that does not describe itself is somebody else's, and is left alone. */
async function readAbout<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  return schema.safeParse(jsonOf(text)).data
}

async function readHistory(app: AppContext, run: string): Promise<HistoryEntry[]> {
  const text = await readFile(join(app.folders.folder('runs', run), 'metrics.jsonl'), 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.endsWith('}'))
  return lines.flatMap((line) => HistoryEntry.safeParse(jsonOf(line)).data ?? [])
}

/** `undefined` where a text was cut off or changed. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
