import { featureStatistics, type FeatureStatistics } from '../../src/main/engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../../src/main/engine/metrics/frechet-distance.ts'
import { kernelDistance } from '../../src/main/engine/metrics/kernel-distance.ts'
import { invariant, refuse } from '../../src/shared/errors.ts'
import { GoldenCase } from './golden-case.ts'
import { type ParityResult } from './result.ts'

const checks: Record<string, (golden: GoldenCase) => void> = { frechet: checkFrechet, kid: checkKid }

/** The kinds of golden cases that `runMetricCase` takes. */
export const metricCaseKinds: readonly string[] = Object.keys(checks)

export async function* runMetricCase(folder: string): AsyncGenerator<ParityResult> {
  const golden = await GoldenCase.load(folder)
  const check = checks[golden.kind]
  if (!check) throw refuse(`The golden case ${folder} is of an unknown kind, ${golden.kind}.`, { file: folder })
  check(golden)
  yield golden.result()
}

function checkFrechet(golden: GoldenCase): void {
  const size = Number(golden.config['dim'])
  const statistics = (name: string): FeatureStatistics => featureStatistics(golden.numbers(name), size)
  const [a, b] = [statistics('in.a'), statistics('in.b')]
  const { distance, traceRoot } = frechetDistance(a, b)
  golden.checkNumbers('out.frechet', [distance])
  golden.checkNumbers('out.frechet_divisor_n', [frechetDistance(a, b, 'n').distance])
  golden.checkNumbers('out.trace_sqrt', [traceRoot])
  golden.checkNumbers('out.self', [frechetDistance(a, a).distance])
}

function checkKid(golden: GoldenCase): void {
  const { dim, subsets } = golden.config
  const [a, b] = [rowsOf(golden, 'in.index_a', Number(subsets)), rowsOf(golden, 'in.index_b', Number(subsets))]
  const pairs = a.map((rows, i) => {
    const others = b[i]
    invariant(others !== undefined, 'as many subsets of either set')
    return { a: rows, b: others }
  })
  const kernel = kernelDistance(golden.numbers('in.a'), golden.numbers('in.b'), Number(dim), pairs)
  golden.checkNumbers('out.subsets', kernel.values)
  golden.checkNumbers('out.kid', [kernel.mean])
  golden.checkNumbers('out.std', [kernel.standardDeviation])
}

/** One array of row indices a subset. */
function rowsOf(golden: GoldenCase, name: string, subsets: number): number[][] {
  const indices = Array.from(golden.numbers(name))
  const size = indices.length / subsets
  return Array.from({ length: subsets }, (_, i) => indices.slice(i * size, (i + 1) * size))
}
