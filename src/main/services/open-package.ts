import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { DatasetId } from '../../shared/datasets.ts'
import { SyntheticId } from '../../shared/synthetic.ts'
import { withoutHome } from '../../shared/things.ts'
import { stageFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { requireSpace } from '../files/disk-space.ts'
import { runInReader } from '../workers/reader.ts'
import { newId } from '../files/new-id.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { enterThing } from '../workspace/enter-thing.ts'
import { drawPreviews } from '../workspace/set-pictures.ts'

/** Takes a colleague's package into the workspace: checked first, then whole or not at all. */
export async function takePackage(
  app: AppContext,
  request: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  const { file } = request
  const { kind, bytes } = await runInReader(app, { name: 'packageExtent', input: { file }, file }, context)
  await requireSpace(app.folders.root, bytes, `The set in ${file}`, { file })
  return kind === 'synthetic' ? takeSynthetic(app, request, context) : takeDataset(app, request, context)
}

async function takeSynthetic(
  app: AppContext,
  { file, name: wanted }: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  const id = SyntheticId.parse(newId('s'))
  context.thingBegun?.(id)
  const requireFree = (name: string) => requireFreeName(app.catalog.synthetic, 'synthetic set', name)
  if (wanted !== undefined) requireFree(wanted)
  return takeWhole(app, app.folders.folder('synthetic', id), async (folder) => {
    const { about, verified } = await runInReader(app, { name: 'open', input: { file, folder }, file }, context)
    const name = wanted ?? about.synthetic.name
    const synthetic = { ...withoutHome(about.synthetic), id, name, source: resolve(file) }
    requireFree(synthetic.name)
    await mkdir(join(folder, 'previews'))
    await drawPreviews(folder, about.images) // packages leave out what can be drawn again
    const { synthetic: table } = app.catalog
    const insert = (): void => table.insert(synthetic, about.images)
    const thing = { table, id, insert, ahead: table.parts.ahead(id, about.images) }
    return { about: { ...about, synthetic }, thing, output: { ...verified, synthetic } }
  })
}

async function takeDataset(
  app: AppContext,
  { file, name: wanted }: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  const id = DatasetId.parse(newId('d'))
  context.thingBegun?.(id)
  const requireFree = (name: string) => requireFreeName(app.catalog.datasets, 'data set', name)
  if (wanted !== undefined) requireFree(wanted)
  return takeWhole(app, app.folders.folder('datasets', id), async (folder) => {
    const { about, verified } = await runInReader(app, { name: 'openDataset', input: { file, folder }, file }, context)
    const name = wanted ?? about.dataset.name
    const dataset = { ...withoutHome(about.dataset), id, name, source: resolve(file) }
    requireFree(dataset.name)
    const { datasets: table } = app.catalog
    const insert = (): void => table.insert(dataset, about.images)
    const thing = { table, id, insert, ahead: table.parts.ahead(id, about.images) }
    return { about: { ...about, dataset }, thing, output: { ...verified, dataset } }
  })
}

/** What came out of a package: what its folder says of it, how the catalogue gets to know it, and the answer. */
interface Unpacked {
  readonly about: object
  readonly thing: Parameters<typeof enterThing>[2]
  readonly output: Output<'packages.open'>
}

/** The folder takes its name when it is complete, and then the catalogue knows of it. */
async function takeWhole(
  app: AppContext,
  folder: string,
  unpackInto: (folder: string) => Promise<Unpacked>
): Promise<Output<'packages.open'>> {
  const staged = await stageFolder(folder)
  try {
    const { about, thing, output } = await unpackInto(staged.path)
    await writeFileAtomic(join(staged.path, 'about.json'), JSON.stringify(about))
    await enterThing(app, staged, thing)
    return output
  } finally {
    await staged.discard()
  }
}
