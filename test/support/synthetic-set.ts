import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeGrayPng8, encodeLabelPng16 } from '../../src/main/images/png-encode.ts'
import { OutlineCollector } from '../../src/main/packages/outlines.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { SyntheticAbout } from '../../src/shared/synthetic.ts'

/** What `synthetic/<id>/` holds: square pictures of two classes, each with up to nine block-shaped cells. */
export async function makeSyntheticSet(folder: string, pictures = 4, side = 24): Promise<SyntheticAbout> {
  for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true })
  const outlines = new OutlineCollector(
    ['A172', 'BV-2'],
    'Synthetic pictures made by CytoLoom 0.1.0; not photographs of real cells.'
  )
  const images: SyntheticAbout['images'] = []
  for (let index = 0; index < pictures; index++) {
    const file = `${String(index).padStart(6, '0')}.png`
    const random = new RandomStream(7, 'test set', index)
    const labels = blocks(random, side)
    const pixels = Uint8Array.from(labels, (label) => 20 * label + random.integer(20))
    const image = {
      file,
      index,
      class: index % 2 === 0 ? 'A172' : 'BV-2',
      width: side,
      height: side,
      cells: new Set(labels).size - 1,
      removedCells: index % 3
    }
    const notes = { Description: 'Synthetic picture', Source: 'run first, seed 7' }
    await writeFile(join(folder, 'images', file), encodeGrayPng8(pixels, side, side, notes))
    await writeFile(join(folder, 'masks', file), encodeLabelPng16(labels, side, side, notes))
    outlines.add(image, labels)
    images.push(image)
  }
  await writeFile(join(folder, 'outlines.coco.json'), outlines.text())
  const about = describe(images)
  await writeFile(join(folder, 'about.json'), JSON.stringify(about))
  return about
}

/** Cells with gaps in their numbers, as the area filter leaves them. */
function blocks(random: RandomStream, side: number): Uint16Array {
  const labels = new Uint16Array(side * side)
  const block = Math.floor(side / 3)
  for (let label = 1; label <= 9; label++) {
    if (label > 1 && random.uniform() < 0.4) continue
    const left = ((label - 1) % 3) * block
    const top = Math.floor((label - 1) / 3) * block
    const [width, height] = [2 + random.integer(block - 2), 2 + random.integer(block - 2)]
    for (let y = top; y < top + height; y++) labels.fill(label, y * side + left, y * side + left + width)
    if (width > 2 && height > 2) labels[(top + 1) * side + left + 1] = 0 // a hole, which polygons cannot show
  }
  return labels
}

function describe(images: SyntheticAbout['images']): SyntheticAbout {
  const count = (of: SyntheticAbout['images']) => ({
    images: of.length,
    cells: of.reduce((sum, { cells }) => sum + cells, 0)
  })
  return SyntheticAbout.parse({
    kind: 'synthetic',
    version: 1,
    synthetic: {
      id: 's-test',
      name: 'Block cells',
      created: '2025-03-01T10:00:00.000Z',
      origin: 'first',
      iteration: 500,
      seed: 7,
      truncation: 0.9,
      ...count(images),
      classes: ['A172', 'BV-2'].map((name) => ({ name, ...count(images.filter((image) => image.class === name)) }))
    },
    images,
    filtered: { cells: 3, images: 1, why: { 'too small': 3 } },
    provenance: {
      software: 'CytoLoom 0.1.0',
      run: 'first',
      dataset: 'livecell',
      preset: 'demo',
      engine: { name: 'wasm', library: 'tfjs 4.22.0', device: 'CPU', threads: 2 }
    }
  })
}
