import { type ArmCell, type StudyCell, type StudyTable } from '../../../../shared/studies.ts'

interface StudyRow {
  readonly title: string
  /** One for each column; undefined where the table has none, or nothing is done yet. */
  readonly cells: readonly (StudyCell | undefined)[]
}

/** The table row by row, its columns in their order. */
export function studyRows({ rows, columns, cells }: StudyTable): StudyRow[] {
  return rows.map((title) => ({
    title,
    cells: columns.map((column) => cells.find((cell) => cell.row === title && cell.column === column))
  }))
}

/**
 * Of each arm and column the cell over all test images: the first one, its classes follow. What other programs predicted
 * stands in the table alone.
 */
export function wholeCells({ cells }: StudyTable): ArmCell[] {
  const first = new Map<string, ArmCell>()
  for (const { arm, ...cell } of cells) {
    const key = `${arm}\n${cell.column}`
    if (arm !== 'elsewhere' && !first.has(key)) first.set(key, { ...cell, arm })
  }
  return [...first.values()]
}

/** What a row of another program's predictions is called at first: its file's name without the ending. */
export function rowNameOf(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? path
  return file.replace(/(?<=.)\.[^.]+$/, '').slice(0, 100)
}
