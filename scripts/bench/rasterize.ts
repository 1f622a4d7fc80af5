import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'

const [height, width] = [520, 704]

/** Polygons to pixels, in one thread: real LIVECell outlines where they are, else made ones with as many points. */
export function benchRasterize(): Promise<BenchResult> {
  const real = realPolygons()
  const polygons = real.length > 0 ? real : madePolygons()
  const unit = real.length > 0 ? 'LIVECell cells' : 'made cells'
  return Promise.resolve(
    measure({ name: 'rasterize', unit, count: polygons.length }, () => {
      for (const rings of polygons) rasterizeRings(rings, height, width)
    })
  )
}

type Polygon = readonly (readonly number[])[]

function realPolygons(): Polygon[] {
  const folder = resolve(import.meta.dirname, '../../../shared/data/livecell-mini/annotations/LIVECell')
  const files = ['test', 'val'].map((split) => resolve(folder, `livecell_coco_${split}.json`))
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const { annotations } = JSON.parse(readFileSync(file, 'utf8')) as { annotations: { segmentation: Polygon }[] }
      return annotations.map(({ segmentation }) => segmentation)
    })
}

/** Rough ellipses like LIVECell's outlines: 10 to 50 points, most about 24, and about 300 px². */
function madePolygons(): Polygon[] {
  const random = new RandomStream(1, 'polygons')
  return Array.from({ length: 4000 }, () => {
    const points = Math.min(50, Math.max(10, Math.round(24 + 10 * random.normal())))
    const [x, y] = [width * random.uniform(), height * random.uniform()]
    const [a, b] = [5 + 12 * random.uniform(), 5 + 8 * random.uniform()]
    const ring = Array.from({ length: points }, (_, i) => {
      const angle = (2 * Math.PI * i) / points
      const wobble = 1 + 0.1 * random.normal()
      return [x + wobble * a * Math.cos(angle), y + wobble * b * Math.sin(angle)]
    })
    return [ring.flat()]
  })
}
