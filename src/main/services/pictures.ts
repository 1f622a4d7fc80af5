import { mkdtemp, mkdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import {
  type CellLook,
  CopiesResult,
  type PictureCopy,
  type ListedPicture,
  PictureCollection,
  PictureLook,
  viewPattern
} from '../../shared/pictures.ts'
import { spread } from '../datasets/spread.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { mapInSlices } from '../files/in-slices.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { ThreadPool } from '../threads/pool.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { flagsOf } from '../workspace/picture-flags.ts'
import { type PicturePlace, placeOf, type ViewTask } from '../workspace/picture-views.ts'
import { SyntheticReport } from '../workspace/set-report.ts'

/** What the catalogue knows of a picture of any kind of set. */
interface Known extends Omit<ListedPicture, 'position' | 'name' | 'annotated' | 'flags'> {
  readonly id?: number
  readonly file: string
  readonly annotated?: boolean
}

const threads = 2
const memory = 1024 // MiB
const secondsForOne = 60
/** Sets whose pictures are kept in mind: asking the catalogue for ten thousand takes a while. */
const setsInMind = 4
/** Training pictures that generated ones are compared with; of more, evenly spread ones. */
const mostTraining = 400

/** Pictures to look at: drawn in threads when they are first wanted, and kept beside what they show. */
export class Pictures {
  readonly #app: AppContext
  readonly #mayWrite: boolean
  readonly #known = new Map<string, Promise<readonly Known[]>>()
  readonly #drawing = new Map<string, Promise<string>>()
  #pool: ThreadPool | undefined
  /** Where drawn pictures are kept of a workspace that may only be read. */
  #aside: Promise<string> | undefined

  constructor(app: AppContext, mayWrite: boolean) {
    this.#app = app
    this.#mayWrite = mayWrite
  }

  /** The file of a view, drawn if need be; undefined where there is no such picture, or it cannot be read. */
  async find(path: string): Promise<string | undefined> {
    const parts = viewPattern.exec(path)
    if (parts === null) return undefined
    const [, kind, id = '', position, look = ''] = parts
    const collection = PictureCollection.parse(kind)
    const place = await this.#placeOf(collection, id, Number(position)).catch(() => undefined)
    if (place === undefined) return undefined
    const out = join(await this.#folderFor(collection, id), `${Number(position)}-${look}.png`)
    if (await isFile(out)) return out
    const drawn = this.#drawing.get(out) ?? this.#draw({ place, look: lookOf(look), out })
    this.#drawing.set(out, drawn)
    try {
      return await drawn
    } catch (thrown) {
      this.#app.environment.log(thrown)
      return undefined
    } finally {
      this.#drawing.delete(out)
    }
  }

  async cellAt({ collection, set, position, x, y }: ParsedInput<'pictures.cell'>): Promise<Output<'pictures.cell'>> {
    const place = await this.#placeOf(collection, set, position)
    if (place === undefined) throw refuse('There is no such picture in this set.')
    return this.#run('cell', { place, x, y }, place.imageFile)
  }

  async list({ collection, set }: ParsedInput<'pictures.list'>): Promise<Output<'pictures.list'>> {
    this.#app.catalog[collection].require(set)
    if (collection === 'synthetic') return this.#listSynthetic(set)
    return { pictures: await mapInSlices(await this.#pictures(collection, set), listed) }
  }

  /** Near-copies in a synthetic set: looked for once, and noted beside its views. */
  async copies({ set }: ParsedInput<'pictures.copies'>): Promise<Output<'pictures.copies'>> {
    const { id, name, run } = this.#app.catalog.synthetic.require(set)
    const note = join(await this.#folderFor('synthetic', id), 'copies.json')
    const known = CopiesResult.safeParse(jsonOf(await readFile(note, 'utf8').catch(() => '')))
    if (known.success) return known.data
    const folder = await ownFolder(this.#app, 'synthetic', { id, name })
    const own = await this.#pictures('synthetic', id)
    const pictures = own.map(({ file }) => join(folder, 'images', file))
    const training = await this.#trainingPictures(run)
    const copies = await this.#run<PictureCopy[]>('copies', { pictures, training }, folder)
    const result = { copies, training: training.length }
    await writeFileAtomic(note, JSON.stringify(result))
    return result
  }

  /** What the model learned from, where that is still here. */
  async #trainingPictures(run = ''): Promise<{ readonly name: string; readonly file: string }[]> {
    const { runs, prepared: versions } = this.#app.catalog
    const prepared = versions.find(runs.find(run)?.prepared ?? '')
    if (prepared === undefined) return []
    const folder = await ownFolder(this.#app, 'prepared', prepared)
    const tiles = await versions.images(prepared.id)
    const images = tiles.filter(({ split }) => split === 'train')
    return spread(images, mostTraining).map(({ source, file }) => ({
      name: source,
      file: join(folder, 'images', file)
    }))
  }

  async close(): Promise<void> {
    await this.#pool?.close()
    if (this.#aside !== undefined) await rm(await this.#aside, { recursive: true, force: true })
  }

  async #listSynthetic(id: string): Promise<Output<'pictures.list'>> {
    const { synthetic } = this.#app.catalog
    const { seed, truncation, iteration } = synthetic.require(id)
    const report = await this.#reportOf(id)
    const { maskFit, health, provenance } = report ?? {}
    const realCells = new Map(health?.flatMap(({ class: name, real }) => (real ? [[name, real.cells] as const] : [])))
    const verdicts = synthetic.verdicts(id)
    const images = await synthetic.images(id)
    const pictures = await mapInSlices(images, ({ verdict: _, ...image }, position) => {
      const said = verdicts.get(image.file)
      const flags = flagsOf(image, { maskFit, realCells })
      return { ...listed(image, position), flags, ...(said && { verdict: said }) }
    })
    return {
      pictures,
      ...(health === undefined ? {} : { health }),
      ...(maskFit === undefined ? {} : { maskFit }),
      ...(provenance === undefined ? {} : { made: { seed, truncation, iteration, software: provenance.software } })
    }
  }

  /** What its folder says of the set as a whole; undefined where that is missing or damaged. */
  async #reportOf(id: string): Promise<SyntheticReport | undefined> {
    const file = join(this.#app.folders.folder('synthetic', id), 'about.json')
    const text = await readFile(file, 'utf8').catch(() => '{}')
    try {
      return SyntheticReport.safeParse(JSON.parse(text)).data
    } catch {
      return undefined
    }
  }

  async #draw(task: ViewTask): Promise<string> {
    await this.#run('view', task, task.place.imageFile)
    return task.out
  }

  #run<Outcome>(name: string, input: object, file: string): Promise<Outcome> {
    this.#pool ??= new ThreadPool({
      workerPath: this.#app.environment.workerPath,
      threads,
      heapMebibytes: memory
    })
    return this.#pool.run<Outcome>(input, { name, guard: { file, seconds: secondsForOne } })
  }

  /** A workspace may come from a stranger: what a link there leads to is not read. */
  async #placeOf(collection: PictureCollection, id: string, position: number): Promise<PicturePlace | undefined> {
    const image = (await this.#pictures(collection, id))[position]
    if (image === undefined) return undefined
    const place = placeOf(collection, this.#app.folders.folder(collection, id), image)
    const root = await realpath(this.#app.folders.root)
    for (const file of [place.imageFile, place.cellsFile]) {
      if (file !== undefined && !(await realpath(file)).startsWith(root + sep)) return undefined
    }
    return place
  }

  #pictures(collection: PictureCollection, id: string): Promise<readonly Known[]> {
    const key = `${collection}/${id}`
    const known = this.#known.get(key) ?? this.#remember(key, this.#ask(collection, id))
    this.#known.delete(key)
    this.#known.set(key, known) // as the one asked for last
    const [oldest] = this.#known.keys()
    if (this.#known.size > setsInMind && oldest !== undefined) this.#known.delete(oldest)
    return known
  }

  /** What cannot be had now, or is empty, is asked for again. */
  #remember(key: string, asked: Promise<readonly Known[]>): Promise<readonly Known[]> {
    const forget = () => {
      if (this.#known.get(key) === asked) this.#known.delete(key)
    }
    asked.then((known) => {
      if (known.length === 0) forget()
    }, forget)
    return asked
  }

  async #ask(collection: PictureCollection, id: string): Promise<readonly Known[]> {
    const { datasets, prepared, synthetic } = this.#app.catalog
    if (collection === 'datasets') return datasets.images(id)
    if (collection === 'synthetic') return synthetic.images(id)
    const tiles = await prepared.images(id)
    return tiles.map(({ counts, ...image }) => ({ ...image, cells: counts.painted }))
  }

  async #folderFor(collection: PictureCollection, id: string): Promise<string> {
    if (!this.#mayWrite) {
      this.#aside ??= mkdtemp(join(tmpdir(), 'cytoloom-views-'))
      const folder = join(await this.#aside, collection, id)
      await mkdir(folder, { recursive: true })
      return folder
    }
    const folder = join(this.#app.folders.folder(collection, id), 'views')
    await mkdir(folder, { recursive: true })
    const root = await realpath(this.#app.folders.root)
    if ((await realpath(folder)) === join(root, collection, id, 'views')) return folder
    throw refuse('The folder of this set leads to another place.', { file: dirname(folder) })
  }
}

function lookOf(text: string): PictureLook | CellLook {
  return PictureLook.safeParse(text).data ?? `cell-${Number(text.slice('cell-'.length))}`
}

function listed(image: Known, position: number): ListedPicture {
  const { id: _, file, annotated = true, ...facts } = image
  return { ...facts, position, name: file, annotated }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}
