import { join } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { DatasetId } from '../../shared/datasets.ts'
import { brightnessOfEach } from '../images/set-brightness.ts'
import { drawnCells } from './drawn-cells.ts'
import { importDataset, type ImportOptions } from './import-dataset.ts'
import { outlinedPngText, pngText, shownFactor, showPicture } from './shown-picture.ts'

/**
 * Some pictures of a source as an import would take them, to look at.
 *
 * @param folder an empty one for what is read; who calls removes it
 */
export async function peekSource(
  { pictures, brightness, ...request }: ParsedInput<'datasets.peek'>,
  folder: string,
  options: ImportOptions
): Promise<Output<'datasets.peek'>> {
  const identity = { id: DatasetId.parse('peek'), name: 'peek', created: new Date(0).toISOString() }
  const { images } = await importDataset(
    { ...request, name: identity.name, maxImages: pictures },
    identity,
    folder,
    options
  )
  const files = images.map(({ file }) => join(folder, 'images', file))
  const rules = await brightnessOfEach(files, brightness)
  const shown: Output<'datasets.peek'>['pictures'] = []
  for (const [i, image] of images.entries()) {
    options.signal?.throwIfAborted()
    const { id, file, class: className, width, height, cells, annotated } = image
    const picture = await showPicture(join(folder, 'images', file), rules[i])
    const drawn = annotated ? await drawnCells(join(folder, 'cells', `${id}.json`), image, shownFactor(image)) : []
    shown.push({
      file,
      class: className,
      width,
      height,
      cells,
      picture: pngText(picture),
      ...(annotated && { outlined: outlinedPngText(picture, drawn) })
    })
  }
  return { pictures: shown }
}
