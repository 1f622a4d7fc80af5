import { decodeGrayMask } from '../../src/main/masks/decode.ts'
import { applyGrayLevels, grayLevels } from '../../src/main/masks/gray-levels.ts'
import { makeGrayMask } from '../../src/main/masks/gray-mask.ts'
import { type Cell } from '../../src/main/masks/overlap-graph.ts'
import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { rleArea } from '../../src/main/masks/rle.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'

const size = { width: 704, height: 520 }
const images = 8
const cellsPerImage = 320 // as in LIVECell

/** Rasters to gray masks: overlap graph, removal, labels, painting. */
export function benchMasks(): Promise<BenchResult> {
  const sets = makeSets()
  return Promise.resolve(
    measure({ name: 'masks', unit: 'images', count: images }, () => {
      for (const cells of sets) makeGrayMask(cells, size)
    })
  )
}

/** Blurred gray masks to cells. */
export function benchDecode(): Promise<BenchResult> {
  const masks = makeSets().map((cells, seed) => {
    const random = new RandomStream(seed, 'noise')
    const gray = applyGrayLevels(makeGrayMask(cells, size).levels, grayLevels(4))
    return Float32Array.from(gray, (value) => Math.min(255, Math.max(0, value + 8 * random.normal())))
  })
  return Promise.resolve(
    measure({ name: 'decode', unit: 'images', count: images }, () => {
      for (const mask of masks) decodeGrayMask(mask, size.width, size.height, 4, { method: 'cores' })
    })
  )
}

/** Ellipses at random places, so that most meet others. */
function makeSets(): Cell[][] {
  return Array.from({ length: images }, (_, image) => {
    const random = new RandomStream(image, 'cells')
    return Array.from({ length: cellsPerImage }, (_, id) => {
      const [x, y] = [size.width * random.uniform(), size.height * random.uniform()]
      const [a, b] = [6 + 12 * random.uniform(), 6 + 8 * random.uniform()]
      const ring = Array.from({ length: 24 }, (_, i) => {
        const angle = (2 * Math.PI * i) / 24
        return [x + a * Math.cos(angle), y + b * Math.sin(angle)]
      })
      const raster = rasterizeRings([ring.flat()], size.height, size.width)
      return { id, raster, area: rleArea(raster) }
    })
  })
}
