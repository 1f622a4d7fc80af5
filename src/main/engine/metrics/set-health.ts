import { type CellStatistics, type ClassHealth, type MaskFit, type RealClass } from '../../../shared/set-report.ts'
import { meanOf } from './foreground.ts'

/** Each class's generated pictures beside its real tiles. */
export function compareWithReal(
  generated: readonly { readonly class: string; readonly statistics: CellStatistics }[],
  real: readonly RealClass[]
): ClassHealth[] {
  return generated.map(({ class: name, statistics }) => {
    const known = real.find((other) => other.class === name)
    return { class: name, generated: statistics, ...(known === undefined ? {} : { real: known.statistics }) }
  })
}

const measure = 'overlap (IoU) of mask and foreground, found as was learned on real tiles'

/** Undefined where no class has masks with cells on both sides. */
export function overallMaskFit(health: readonly ClassHealth[]): MaskFit | undefined {
  const both = health.flatMap(({ generated, real }) => {
    if (generated.maskFit === undefined || real?.maskFit === undefined) return []
    return [{ generated: generated.maskFit, real: real.maskFit }]
  })
  const [generated, real] = [meanOf(both.map((fit) => fit.generated)), meanOf(both.map((fit) => fit.real))]
  return generated === undefined || real === undefined ? undefined : { generated, real, measure }
}

/** Fewer pictures, or fewer cells, say nothing of what a model makes. */
const fewest = 16
/** What is worth a sentence: shares apart by more, or one number beside another off by more. */
const limits = { empty: 0.1, off: 0.3, fit: 0.85 }

/** Plain sentences on whatever is off; none where all is well, or nothing can be compared. */
export function healthFindings(health: readonly ClassHealth[]): string[] {
  return health.flatMap(({ class: name, generated, real }) => {
    if (real === undefined || Math.min(generated.pictures, real.pictures) < fewest) return []
    return findings.flatMap((find) => {
      const finding = find(generated, real)
      return finding === undefined ? [] : [`${name}: ${finding}`]
    })
  })
}

type Finding = (generated: CellStatistics, real: CellStatistics) => string | undefined

const findings: readonly Finding[] = [emptyFinding, cellsFinding, areaFinding, fitFinding]

function emptyFinding(generated: CellStatistics, real: CellStatistics): string | undefined {
  if (generated.empty - real.empty <= limits.empty) return undefined
  return `${percent(generated.empty)} % of the pictures show no cell, of real tiles ${percent(real.empty)} %. Train longer, or with more pictures of this class.`
}

function cellsFinding(generated: CellStatistics, real: CellStatistics): string | undefined {
  if (real.cells === 0 || !isOff(generated.cells, real.cells)) return undefined
  return `a picture shows ${generated.cells.toFixed(1)} cells on average, a real tile ${real.cells.toFixed(1)}.`
}

function areaFinding(generated: CellStatistics, real: CellStatistics): string | undefined {
  if (generated.medianArea === undefined || real.medianArea === undefined) return undefined
  if (generated.pictures * generated.cells < fewest || !isOff(generated.medianArea, real.medianArea)) return undefined
  return `the typical cell covers ${generated.medianArea.toFixed(0)} pixels, a real one ${real.medianArea.toFixed(0)}.`
}

function fitFinding(generated: CellStatistics, real: CellStatistics): string | undefined {
  if (generated.maskFit === undefined || real.maskFit === undefined) return undefined
  if (generated.maskFit >= limits.fit * real.maskFit) return undefined
  return `masks fit their pictures less well than real ones do: ${percent(generated.maskFit)} % against ${percent(real.maskFit)} %.`
}

function isOff(value: number, beside: number): boolean {
  return Math.abs(value / beside - 1) > limits.off
}

function percent(share: number): string {
  return (100 * share).toFixed(0)
}
