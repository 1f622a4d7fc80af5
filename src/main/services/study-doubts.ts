import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { FrozenStudy, GivenPictures } from '../../shared/studies.ts'
import { SyntheticAbout } from '../../shared/synthetic.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { measureCells } from '../studies/measure-cells.ts'
import { areOtherSizes, countCells, isAlmostEmpty, medianOf } from '../study/cell-counts.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** So many pictures of each set are measured. */
const measured = 40

/** What speaks against pictures that were made before the study, by what can be seen of them: said before the first arm. */
export async function doubtsOf(
  { folders, catalog }: AppContext,
  given: GivenPictures,
  { images, dataset }: Pick<FrozenStudy, 'images'> & { readonly dataset: { readonly id: string } }
): Promise<string[]> {
  const folder = folders.folder(given.kind === 'dataset' ? 'datasets' : 'synthetic', given.id)
  const pictures =
    given.kind === 'dataset'
      ? (await catalog.datasets.images(given.id)).filter(({ annotated }) => annotated)
      : await syntheticPictures(folder)
  const made = countCells(pictures)
  if (isAlmostEmpty(made, countCells(images))) {
    return [
      `"${given.name}" shows almost no cells (${made.cells} in ${made.pictures} pictures, ${made.empty} of them without any): what comes of it says nothing of good synthetic pictures.`
    ]
  }
  const group = { kind: given.kind, folder, images: pictures.map(({ file }) => file) }
  const files = images.map(({ file }) => file)
  const real = { kind: 'dataset', folder: folders.folder('datasets', dataset.id), images: files } as const
  const [own, other] = [await measureCells(real, measured), await measureCells(group, measured)]
  if (!areOtherSizes(other.areas, own.areas)) return []
  return [
    `The typical cell of "${given.name}" covers ${medianOf(other.areas)} pixels, and that of the real images ${medianOf(own.areas)}: its pictures may have been made at another size of a pixel.`
  ]
}

async function syntheticPictures(folder: string): Promise<SyntheticAbout['images']> {
  const text = await readFile(join(folder, 'about.json'), 'utf8').catch(() => '')
  const { images = [] } = SyntheticAbout.safeParse(jsonOf(text)).data ?? {}
  return images.filter(({ verdict }) => verdict !== 'rejected')
}
