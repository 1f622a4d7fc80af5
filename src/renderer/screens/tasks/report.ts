import { estimateSentences, waySentence } from '../../../shared/estimate-words.ts'
import { EstimateResult } from '../../../shared/estimates.ts'
import { healthSentences } from '../../../shared/health-words.ts'
import { type Remedy } from '../../../shared/remedies.ts'
import { type Task } from '../../../shared/tasks.ts'
import { ImportResult, InspectResult } from '../../../shared/datasets.ts'
import { PrepareResult } from '../../../shared/masks.ts'
import { PackageResult } from '../../../shared/packages.ts'
import { GenerateResult } from '../../../shared/synthetic.ts'
import { count, fileSize, number, percent } from '../../text/common.ts'

/** What a task came to, for whoever wants to know more than its few words. */
export interface Report {
  readonly facts: readonly string[]
  /** Files that were left out, or are worth a look: each with the reason. */
  readonly troubles: readonly Trouble[]
  /** The file that it wrote. */
  readonly file?: string
  readonly remedies?: readonly Remedy[]
}

export interface Trouble {
  readonly file?: string | undefined
  readonly reason: string
}

/** Kinds of which there is more to say. */
export function hasReport({ kind, state }: Task): boolean {
  return state === 'done' && reporters.has(kind)
}

/** Undefined where an older version wrote down something else. */
export function reportOf({ kind, outcome }: Task): Report | undefined {
  return reporters.get(kind)?.(outcome)
}

const reporters = new Map<Task['kind'], (outcome: unknown) => Report | undefined>([
  ['estimate', (outcome) => report(EstimateResult.safeParse(outcome).data, estimateReport)],
  ['look', (outcome) => report(InspectResult.safeParse(outcome).data, lookReport)],
  ['import', (outcome) => report(ImportResult.safeParse(outcome).data, importReport)],
  ['prepare', (outcome) => report(PrepareResult.safeParse(outcome).data, prepareReport)],
  ['generate', (outcome) => report(GenerateResult.safeParse(outcome).data, generateReport)],
  ['package', (outcome) => report(PackageResult.safeParse(outcome).data, packageReport)]
])

function report<T>(outcome: T | undefined, tell: (outcome: T) => Report): Report | undefined {
  return outcome === undefined ? undefined : tell(outcome)
}

function estimateReport({ estimate }: EstimateResult): Report {
  const { wouldFit = [] } = estimate
  return {
    facts: [...estimateSentences(estimate), ...wouldFit.map(waySentence)],
    troubles: [],
    remedies: wouldFit.map(({ remedy }) => remedy)
  }
}

function lookReport({ reason, totals, classes, refused, warnings, corrections }: InspectResult): Report {
  return {
    facts: [
      reason,
      `${number(totals.usable)} of ${count(totals.files, 'file')} can be taken, ${number(totals.annotated)} with outlines; ${count(totals.cells, 'cell')}.`,
      ...classes.map(kindFact),
      ...corrections.map(({ what }) => what)
    ],
    troubles: [...refused, ...warnings]
  }
}

function importReport({ dataset, refused, warnings }: ImportResult): Report {
  return { facts: dataset.classes.map(kindFact), troubles: [...refused, ...warnings] }
}

function prepareReport({ prepared, totals, roundTrip, splits, warnings }: PrepareResult): Report {
  const toLearn = `${count(splits.train, 'image')} to learn from`
  if (prepared.unannotated) return { facts: [`${toLearn}, without outlines.`], troubles: warnings }
  return {
    facts: [
      `${number(totals.painted)} of ${count(totals.cells, 'cell')} are in the masks; read back, they agree ${percent(roundTrip.AP)} with the outlines.`,
      `${toLearn}, ${number(splits.validation)} to watch learning, ${number(splits.test)} kept for tests.`
    ],
    troubles: warnings
  }
}

function generateReport({ synthetic, filtered, phantoms, health, maskFit, warnings }: GenerateResult): Report {
  return {
    facts: [
      ...synthetic.classes.map(({ name, images, cells }) => kindSentence(name, images, cells)),
      `${count(filtered.cells, 'cell')} of sizes or shapes that real ones do not have were taken out of the masks.`,
      ...(phantoms === undefined || phantoms.cells === 0
        ? []
        : [`${percent(phantoms.share)} of the cells in the masks are only the blurred edge of others.`]),
      ...healthSentences(health, maskFit)
    ],
    troubles: warnings.map((reason) => ({ reason }))
  }
}

function packageReport({ file, bytes, warnings }: PackageResult): Report {
  return {
    facts: [`${fileSize(bytes)}, checked after writing.`],
    troubles: warnings.map((reason) => ({ reason })),
    file
  }
}

function kindFact({ name, images, cells }: { name: string; images: number; cells: number }): string {
  return kindSentence(name, images, cells)
}

function kindSentence(name: string, images: number, cells: number): string {
  return `${name}: ${count(images, 'image')}, ${count(cells, 'cell')}.`
}
