import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { SyntheticAbout, SyntheticId, type SyntheticImage } from '../../shared/synthetic.ts'
import { stageFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { drawLabels } from '../images/label-colours.ts'
import { readLabelImage } from '../images/label-image.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { createPackage } from '../packages/create-package.ts'
import { productName } from '../product.ts'
import { doApart } from './apart.ts'
import { type AppContext, requireFreeName } from './app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { newId } from './workspace.ts'

/** Writes a synthetic set into one file that a colleague can open, and reads it back before calling it done. */
export async function packSynthetic(
  app: AppContext,
  request: ParsedInput<'packages.create'>,
  { signal, progress }: RequestContext
): Promise<Output<'packages.create'>> {
  const synthetic = app.catalog.synthetic.require(request.synthetic)
  const folder = app.folders.folder('synthetic', synthetic.id)
  const { out, formats, license, author } = request
  const created = app.environment.now()
  const result = await createPackage(
    { folder, about: await readAbout(folder), out, formats, license, author, now: created, software: productName },
    { onProgress: (done, total) => progress({ stage: 'package', done, total }), signal }
  )
  app.catalog.packages.insert({ ...result, created: created.toISOString(), synthetic: synthetic.id })
  app.emit({ event: 'workspace.changed' })
  return result
}

export function checkPackage(
  app: AppContext,
  { file }: ParsedInput<'packages.verify'>,
  context: RequestContext
): Promise<Output<'packages.verify'>> {
  return doApart(app, { name: 'verify', input: { file }, file }, context)
}

/** Takes a colleague's package into the workspace: checked first, then whole or not at all. */
export async function takePackage(
  app: AppContext,
  request: ParsedInput<'packages.open'>,
  context: RequestContext
): Promise<Output<'packages.open'>> {
  if (request.name !== undefined) requireFreeName(app.catalog.synthetic, 'synthetic set', request.name)
  const id = SyntheticId.parse(newId('s'))
  const staged = await stageFolder(app.folders.folder('synthetic', id))
  try {
    const { file } = request
    const { about, verified } = await doApart(
      app,
      { name: 'open', input: { file, folder: staged.path }, file },
      context
    )
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

/** Packages leave out what can be drawn again. */
async function drawPreviews(folder: string, images: readonly SyntheticImage[]): Promise<void> {
  await mkdir(join(folder, 'previews'))
  for (const { file } of images) {
    const { labels, width, height } = await readLabelImage(join(folder, 'masks', file))
    await writeFile(join(folder, 'previews', file), encodeRgbPng(drawLabels(labels), width, height))
  }
}

async function readAbout(folder: string): Promise<SyntheticAbout> {
  const file = join(folder, 'about.json')
  try {
    return SyntheticAbout.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw refuse('The files of this synthetic set are missing or damaged.', {
      file,
      next: 'Generate it again: the same seed gives the same pictures.',
      cause
    })
  }
}
