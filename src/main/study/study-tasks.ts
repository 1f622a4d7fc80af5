import type { ArmName, FrozenStudy } from '../../shared/studies.ts'

/** A training of a segmentation network, or of a generator whose pictures others of these need. */
export interface StudyTask {
  readonly id: string
  readonly kind: 'generator' | 'arm'
  /** Of a generator: the arm that decides how its masks are drawn. */
  readonly arm: ArmName
  /** Position of the column. */
  readonly column: number
  readonly draw: number
  readonly generator: number
  readonly seed: number
  /** The generator task whose pictures it needs. */
  readonly needs?: string
}

/** Every task of a study, generators first; the order never changes, and an arm's number is its place here. */
export function studyTasks(study: FrozenStudy): StudyTask[] {
  const arms = study.columns.flatMap((_, column) => armTasks(study, column))
  const generators = new Map<string, StudyTask>()
  for (const task of arms) {
    if (task.needs === undefined || generators.has(task.needs)) continue
    const arm = task.arm === 'synthetic-literal' ? task.arm : 'synthetic'
    const { column, draw, generator } = task
    generators.set(task.needs, { id: task.needs, kind: 'generator', arm, column, draw, generator, seed: 0 })
  }
  return [...generators.values(), ...arms]
}

function armTasks(study: FrozenStudy, column: number): StudyTask[] {
  const { draws, generators, seeds } = study.repeats
  return (study.columns[column]?.arms ?? []).flatMap((arm) => {
    const own = usesPictures(arm) && study.given === undefined ? generators : 1
    return range(draws).flatMap((draw) =>
      range(own).flatMap((generator) =>
        range(seeds).map((seed) => taskOf(study, { arm, column, draw, generator, seed }))
      )
    )
  })
}

function taskOf(study: FrozenStudy, place: Omit<StudyTask, 'id' | 'kind' | 'needs'>): StudyTask {
  const { arm, column, draw, generator, seed } = place
  const id = `${arm}.c${column}.d${draw}.g${generator}.s${seed}`
  if (!usesPictures(arm) || study.given !== undefined) return { ...place, id, kind: 'arm' }
  return { ...place, id, kind: 'arm', needs: generatorOf(study, place) }
}

/** Columns with the same real images share their generators: Table 2 adds more and more pictures of one. */
function generatorOf(
  { columns }: FrozenStudy,
  { arm, column, draw, generator }: Omit<StudyTask, 'id' | 'kind'>
): string {
  const first = columns.findIndex(({ images }) => images === columns[column]?.images)
  return `generator${arm === 'synthetic-literal' ? '-literal' : ''}.c${first}.d${draw}.g${generator}`
}

/** Arms that learn from pictures of a generator. */
export function usesPictures(arm: ArmName): boolean {
  return arm.startsWith('synthetic')
}

/** The ids of the images that a column trains on in a draw. */
export function trainingImages(study: FrozenStudy, task: Pick<StudyTask, 'column' | 'draw' | 'arm'>): number[] {
  const { images = 0 } = study.columns[task.column] ?? {}
  const more = task.arm === 'more-real' ? study.moreImages : 0
  return (study.order[task.draw] ?? []).slice(0, images + more)
}

/** The repeats of an arm in a column, paired with those of the real images alone: each has a task of both. */
export function pairsOf(
  tasks: readonly StudyTask[],
  arm: { readonly arm: ArmName; readonly column: number },
  baseline: { readonly arm: ArmName; readonly column: number }
): { readonly arm: StudyTask; readonly baseline: StudyTask }[] {
  const is = (task: StudyTask, wanted: typeof arm): boolean =>
    task.kind === 'arm' && task.arm === wanted.arm && task.column === wanted.column
  const base = tasks.filter((task) => is(task, baseline))
  return tasks
    .filter((task) => is(task, arm))
    .flatMap((task) => {
      const same = base.filter(({ draw, seed }) => draw === task.draw && seed === task.seed)
      const partner = same.find(({ generator }) => generator === task.generator) ?? same[0]
      return partner === undefined ? [] : [{ arm: task, baseline: partner }]
    })
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}
