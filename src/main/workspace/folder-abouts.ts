import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type z } from 'zod'
import { DatasetAbout, RunAbout, SegmenterAbout, StoredPackageAbout, StudyAbout } from '../../shared/abouts.ts'
import { limits } from '../../shared/limits.ts'
import { PreparedAbout } from '../../shared/masks.ts'
import { type Run } from '../../shared/runs.ts'
import { SyntheticAbout } from '../../shared/synthetic.ts'
import { HistoryEntry } from '../../shared/training.ts'
import { type Abouts } from '../catalog/catalog.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { firstLink } from '../files/links.ts'
import { listSafePoints } from '../jobs/safe-points.ts'
import { withVerdicts } from './verdicts.ts'
import { type Collection, type WorkspaceFolders } from './workspace-folders.ts'

/** What the folders say, and which of them say nothing that can be used. */
export interface FolderAbouts {
  readonly abouts: Abouts
  readonly left: readonly LeftFolder[]
}

export interface LeftFolder {
  /** Its place below the workspace. */
  readonly folder: string
  readonly reason: string
}

/**
 * Reads what each folder of a workspace says about itself (`about.json`, and of runs their history and safe points).
 * Folders can come from strangers: what names another place than its own is left alone.
 *
 * @param isWanted which folders to look into, by the names that they have
 */
export async function readFolderAbouts(
  folders: WorkspaceFolders,
  isWanted: (collection: Collection, id: string) => boolean
): Promise<FolderAbouts> {
  const reader = new AboutReader(folders, isWanted)
  const [datasets, prepared, runs, segmenters, synthetic, packages, studies] = await Promise.all([
    reader.read('datasets', DatasetAbout, ({ dataset, images }) => ({ thing: dataset, images })),
    reader.read('prepared', PreparedAbout, ({ result: { prepared: thing, ...report }, images }) => ({
      thing,
      report,
      images
    })),
    reader.read('runs', RunAbout, ({ run }) => ({ thing: run })),
    reader.read('segmenters', SegmenterAbout, ({ segmenter }) => ({ thing: segmenter })),
    reader.read('synthetic', SyntheticAbout, ({ synthetic: thing, images }) => ({ thing, images })),
    reader.read('packages', StoredPackageAbout, (about) => ({ thing: about.package })),
    reader.read('studies', StudyAbout, ({ study }) => ({ thing: study }))
  ])
  const judged = await Promise.all(
    synthetic.map(async ({ thing, images }) => ({
      thing,
      images: await withVerdicts(folders.folder('synthetic', thing.id), images)
    }))
  )
  const trained = await Promise.all(runs.map(({ thing }) => readRun(folders.folder('runs', thing.id), thing)))
  return {
    abouts: { datasets, prepared, runs: trained, segmenters, synthetic: judged, packages, studies },
    left: reader.left
  }
}

class AboutReader {
  readonly left: LeftFolder[] = []
  readonly #folders: WorkspaceFolders
  readonly #isWanted: (collection: Collection, id: string) => boolean

  constructor(folders: WorkspaceFolders, isWanted: (collection: Collection, id: string) => boolean) {
    this.#folders = folders
    this.#isWanted = isWanted
  }

  async read<Schema extends z.ZodType, About extends { readonly thing: { readonly id: string } }>(
    collection: Collection,
    schema: Schema,
    take: (about: z.infer<Schema>) => About
  ): Promise<About[]> {
    const wanted = (await this.#folders.ids(collection)).filter((id) => this.#isWanted(collection, id))
    const abouts = await Promise.all(
      wanted.map(async (id) => {
        const folder = join(this.#folders.folder(collection), id)
        try {
          const about = take(await readAbout(folder, schema))
          if (about.thing.id !== id) throw new UselessFolder('says that it is another folder')
          return about
        } catch (thrown) {
          if (!(thrown instanceof UselessFolder)) throw thrown
          this.left.push({ folder: `${collection}/${id}`, reason: thrown.message })
          return undefined
        }
      })
    )
    return abouts.filter((about) => about !== undefined)
  }
}

/** What one folder says of itself; `undefined` where that is nothing of use. */
export async function aboutIn<Schema extends z.ZodType>(
  folder: string,
  schema: Schema
): Promise<z.infer<Schema> | undefined> {
  try {
    return await readAbout(folder, schema)
  } catch (thrown) {
    if (thrown instanceof UselessFolder) return undefined
    throw thrown
  }
}

/** Its message is the end of a sentence about the folder. */
class UselessFolder extends Error {}

async function readAbout<Schema extends z.ZodType>(folder: string, schema: Schema): Promise<z.infer<Schema>> {
  const link = await firstLink(folder)
  if (link !== undefined) throw new UselessFolder(`holds a link to another place (${link})`)
  const file = join(folder, 'about.json')
  const size = (await stat(file).catch(() => undefined))?.size ?? 0
  if (size > limits.package.textBytes) throw new UselessFolder('has an about.json that is too large')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) throw new UselessFolder('has no about.json')
  const parsed = schema.safeParse(jsonOf(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new UselessFolder(`has an about.json that is damaged or of another version (${issue?.path.join('.') ?? ''})`)
  }
  return parsed.data
}

/** A run's files know more than what it said about itself before it was cut off. */
async function readRun(folder: string, run: Run): Promise<Abouts['runs'][number]> {
  const [history, checkpoints] = await Promise.all([readHistory(folder), listSafePoints(folder)])
  const iteration = Math.max(run.iteration, checkpoints[0]?.iteration ?? 0)
  const best = history.findLast((entry) => entry.kind === 'evaluation' && entry.isBest && entry.iteration <= iteration)
  const isNewer = best?.kind === 'evaluation' && best.iteration > (run.best?.iteration ?? -1)
  const found = isNewer ? { best: { iteration: best.iteration, metric: best.metric, value: best.value } } : {}
  return { thing: { ...run, iteration, ...found }, history, checkpoints }
}

async function readHistory(folder: string): Promise<HistoryEntry[]> {
  const text = await readFile(join(folder, 'metrics.jsonl'), 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.endsWith('}'))
  return lines.flatMap((line) => HistoryEntry.safeParse(jsonOf(line)).data ?? [])
}
