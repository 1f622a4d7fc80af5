import { featureStatistics } from '../../src/main/engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../../src/main/engine/metrics/frechet-distance.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'

const [pictures, size] = [400, 1280]

/** Features of as many real and synthetic pictures as an evaluation compares, to their Fréchet distance. */
export function benchFrechet(): Promise<BenchResult> {
  const real = featureStatistics(new RandomStream(1, 'features').normals(pictures * size), size)
  const fake = new RandomStream(2, 'features').normals(pictures * size)
  const name = `frechet of ${pictures} and ${pictures} vectors of ${size}`
  return Promise.resolve(
    measure({ name, unit: 'distances', count: 1 }, () => {
      frechetDistance(real, featureStatistics(fake, size))
    })
  )
}
