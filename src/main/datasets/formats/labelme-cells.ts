import { rleUnion } from '../../masks/rle.ts'
import { type CellOutline, type CellProblem } from '../annotation.ts'
import { groupBy } from '../group-by.ts'

/** What tells which cell a shape is of. */
export interface LabelledShape {
  readonly label: string
  readonly group_id?: string | number | null | undefined
}

/** Shapes that are one cell, by their places in the file, and the cell's category. */
export interface ShapeCell {
  readonly category: string
  readonly shapes: readonly number[]
}

/**
 * The cells of a file: shapes of one label that share a `group_id` are parts of one, as are shapes of one numbered label
 * where numbers tell cells apart (`cell-1`, `cell-2`, Labelme's way before it had groups).
 */
export function cellsOfShapes(shapes: readonly LabelledShape[]): ShapeCell[] {
  const numbered = stemsWithNumbers(shapes)
  const parts = groupBy(shapes.keys(), (index) => {
    const { label, group_id: group } = shapes[index] ?? { label: '' }
    if (group !== null && group !== undefined) return JSON.stringify(['group', label, group])
    return numbered.has(stemOf(label) ?? '') ? JSON.stringify(['number', label]) : index
  })
  return [...parts.values()].map((places) => {
    const label = shapes[places[0] ?? 0]?.label ?? ''
    const stem = stemOf(label)
    return { category: stem !== undefined && numbered.has(stem) ? stem : label, shapes: places }
  })
}

/** Whether a category is what remains of numbered labels. */
export function hasNumbers(shapes: readonly LabelledShape[]): boolean {
  return stemsWithNumbers(shapes).size > 0
}

/** The names of labels such as `cell-1`, where most such labels occur once: classes with numbers occur again and again. */
function stemsWithNumbers(shapes: readonly LabelledShape[]): ReadonlySet<string> {
  const byStem = groupBy(shapes, ({ label }) => stemOf(label))
  const stems = new Set<string>()
  for (const [stem, members] of byStem) {
    const different = new Set(members.map(({ label }) => label)).size
    if (stem !== undefined && different > 1 && 2 * different > members.length) stems.add(stem)
  }
  return stems
}

function stemOf(label: string): string | undefined {
  return /^(.*\p{L}.*?)[-_ ]\d+$/u.exec(label)?.[1]
}

/** The outlines of the parts of one cell, as one; those that are none are the problem only where no other is one. */
export function joinOutlines(parts: readonly (CellOutline | CellProblem)[]): CellOutline | CellProblem {
  const good = parts.filter((part) => 'rle' in part)
  const [first] = parts
  if (good.length === 0 || parts.length === 1)
    return first ?? { reason: 'has no outline', kind: 'cells without an outline' }
  return {
    rle: rleUnion(good.map(({ rle }) => rle)),
    skippedRings: good.reduce((sum, { skippedRings }) => sum + skippedRings, parts.length - good.length),
    isCut: good.some(({ isCut }) => isCut)
  }
}
