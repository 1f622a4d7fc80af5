import { armTitles } from '../../shared/arm-titles.ts'
import type { ArmName, FrozenStudy, StudyImage } from '../../shared/studies.ts'

/** An arm in a column. */
export interface ArmPlace {
  readonly arm: ArmName
  readonly column: number
}

/** One field of a table: what stands there, what it is held against, and the test images that count. */
export interface Held {
  readonly row: string
  readonly column: string
  readonly baseline: ArmPlace
  readonly isWhole: boolean
  readonly counts: (image: StudyImage) => boolean
}

export interface Comparison extends Held {
  readonly arm: ArmPlace
}

/** The fields of a study's table, row by row, in the form of the paper. */
export function comparisonsOf(study: FrozenStudy): Comparison[] {
  const subsets = subsetsOf(study)
  const arms = [...new Set(study.columns.flatMap((column) => column.arms))]
  const shown = study.design === 'few-images' || study.design === 'table2' ? arms : withoutReal(arms)
  return shown.flatMap((arm) =>
    subsets.flatMap((subset) => study.columns.flatMap((_, column) => fieldOf(study, { arm, column }, subset, shown)))
  )
}

/** Predictions of another program against real images alone; to added pictures they have no relation. */
export function elsewhereRows(study: FrozenStudy, name: string): Held[] {
  const { design, columns } = study
  const title = `${name} (${armTitles.elsewhere.toLowerCase()})`
  return subsetsOf(study).flatMap((subset) =>
    (design === 'table2' ? columns.slice(0, 1) : columns).map((column, i) => ({
      row: subset.name === full ? title : `${title}, ${subset.name}`,
      column: column.name,
      baseline: { arm: 'real' as const, column: i },
      isWhole: subset.isWhole,
      counts: subset.counts
    }))
  )
}

/** A study of real images alone still shows them. */
function withoutReal(arms: readonly ArmName[]): ArmName[] {
  const others = arms.filter((arm) => arm !== 'real')
  return others.length === 0 ? [...arms] : others
}

interface Subset {
  readonly name: string
  readonly isWhole: boolean
  readonly counts: (image: StudyImage) => boolean
}

const full = 'Full'

function subsetsOf({ design, classes }: FrozenStudy): Subset[] {
  const whole: Subset = { name: full, isWhole: true, counts: () => true }
  const ofClasses = classes.map((name): Subset => ({ name, isWhole: false, counts: (image) => image.class === name }))
  if (design === 'table2') return [whole]
  const all = classes.length > 1 ? [whole, ...ofClasses] : [whole]
  if (design !== 'table4') return all
  return all.flatMap((subset) =>
    (['early', 'middle', 'late'] as const).map((stage): Subset => ({
      name: `${subset.name}, ${stage}`,
      isWhole: subset.isWhole,
      counts: (image) => image.stage === stage && subset.counts(image)
    }))
  )
}

function fieldOf(study: FrozenStudy, place: ArmPlace, subset: Subset, shown: readonly ArmName[]): Comparison[] {
  const { arm, column } = place
  const { columns, design } = study
  if (columns[column]?.arms.includes(arm) !== true) return []
  const baseline: ArmPlace = { arm: 'real', column: design === 'table2' ? 0 : column }
  return [
    {
      row: rowName(design, arm, subset, shown),
      column: columns[column].name,
      arm: place,
      baseline,
      isWhole: subset.isWhole,
      counts: subset.counts
    }
  ]
}

/** Tables 3 and 4 have a row for each class; where there are more arms, each has such rows. */
function rowName(design: FrozenStudy['design'], arm: ArmName, subset: Subset, shown: readonly ArmName[]): string {
  if (design === 'table2') return arm === 'real' || arm === 'synthetic' ? 'AP' : armTitles[arm]
  if (design === 'few-images') return subset.isWhole ? armTitles[arm] : `${armTitles[arm]}, ${subset.name}`
  return shown.length === 1 ? subset.name : `${armTitles[arm]}: ${subset.name}`
}
