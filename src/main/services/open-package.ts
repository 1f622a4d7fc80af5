import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { DatasetId } from '../../shared/datasets.ts'
import { SyntheticId, type SyntheticImage } from '../../shared/synthetic.ts'
import { stageFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { drawLabels } from '../images/label-colours.ts'
import { readLabelImage } from '../images/label-image.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { doApart } from './apart.ts'
import { type AppContext, requireFreeName } from './app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { newId } from './workspace.ts'

/** Takes a colleague's package into the workspace: checked first, then whole or not at all. */
export async function takePackage(
  app: AppContext,
  request: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  const { file } = request
  const kind = await doApart(app, { name: 'packageKind', input: { file }, file }, context)
  return kind === 'synthetic' ? takeSynthetic(app, request, context) : takeDataset(app, request, context)
}

async function takeSynthetic(
  app: AppContext,
  request: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  if (request.name !== undefined) requireFreeName(app.catalog.synthetic, 'synthetic set', request.name)
  const id = SyntheticId.parse(newId('s'))
  const staged = await stageFolder(app.folders.folder('synthetic', id))
  try {
    const input = { file: request.file, folder: staged.path }
    const { about, verified } = await doApart(app, { name: 'open', input, file: request.file }, context)
    const name = request.name ?? about.synthetic.name
    requireFreeName(app.catalog.synthetic, 'synthetic set', name)
    const synthetic = { ...about.synthetic, id, name }
    await drawPreviews(staged.path, about.images)
    await writeFileAtomic(join(staged.path, 'about.json'), JSON.stringify({ ...about, synthetic }))
    await staged.commit()
    app.catalog.transaction(() => {
      if (!app.catalog.synthetic.hasId(id)) app.catalog.synthetic.insert(synthetic, about.images)
    })
    app.emit({ event: 'workspace.changed' })
    return { ...verified, synthetic }
  } finally {
    await staged.discard()
  }
}

async function takeDataset(
  app: AppContext,
  request: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  if (request.name !== undefined) requireFreeName(app.catalog.datasets, 'data set', request.name)
  const id = DatasetId.parse(newId('d'))
  const staged = await stageFolder(app.folders.folder('datasets', id))
  try {
    const input = { file: request.file, folder: staged.path }
    const { about, verified } = await doApart(app, { name: 'openDataset', input, file: request.file }, context)
    const name = request.name ?? about.dataset.name
    requireFreeName(app.catalog.datasets, 'data set', name)
    const dataset = { ...about.dataset, id, name }
    await writeFileAtomic(join(staged.path, 'about.json'), JSON.stringify({ ...about, dataset }))
    await staged.commit()
    app.catalog.transaction(() => {
      if (!app.catalog.datasets.hasId(id)) app.catalog.datasets.insert(dataset, about.images)
    })
    app.emit({ event: 'workspace.changed' })
    return { ...verified, dataset }
  } finally {
    await staged.discard()
  }
}

/** Packages leave out what can be drawn again. */
async function drawPreviews(folder: string, images: readonly SyntheticImage[]): Promise<void> {
  await mkdir(join(folder, 'previews'))
  for (const { file } of images) {
    const { labels, width, height } = await readLabelImage(join(folder, 'masks', file))
    await writeFile(join(folder, 'previews', file), encodeRgbPng(drawLabels(labels), width, height))
  }
}
