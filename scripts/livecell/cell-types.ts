/** How one cell type of LIVECell looks, roughly. */
export interface CellType {
  /** As file names spell it. */
  readonly name: string
  /** Of outlines, in px²: 5th, 50th and 95th percentile. */
  readonly areas: readonly [number, number, number]
  /** Longest by shortest radius of a typical cell. */
  readonly elongation: number
  /** Cells an image, where the mean over all types is 1. */
  readonly density: number
  /** Wells of training and validation, and of the test, which are never the same. */
  readonly wells: readonly string[]
  readonly testWells: readonly string[]
}

/**
 * The eight types. Areas were measured on 20 published images; BV-2, which has no outlines among them, is drawn small and
 * round. Wells are those of the published names.
 */
export const cellTypes: readonly CellType[] = [
  {
    name: 'A172',
    areas: [286, 1004, 2444],
    elongation: 2.2,
    density: 0.45,
    wells: ['A7', 'B7', 'D7'],
    testWells: ['C7']
  },
  {
    name: 'BT474',
    areas: [166, 457, 1034],
    elongation: 1.4,
    density: 0.8,
    wells: ['A3', 'B3', 'C3'],
    testWells: ['D3']
  },
  { name: 'BV2', areas: [80, 170, 380], elongation: 1.2, density: 1.9, wells: ['B4', 'C4', 'D4'], testWells: ['A4'] },
  {
    name: 'Huh7',
    areas: [147, 1026, 3238],
    elongation: 1.5,
    density: 0.5,
    wells: ['A10', 'A11'],
    testWells: ['A12']
  },
  { name: 'MCF7', areas: [124, 248, 526], elongation: 1.4, density: 1.5, wells: ['E4', 'F4', 'G4'], testWells: ['H4'] },
  { name: 'SHSY5Y', areas: [94, 308, 812], elongation: 2.8, density: 1.15, wells: ['D10', 'B10'], testWells: ['A10'] },
  {
    name: 'SkBr3',
    areas: [139, 284, 561],
    elongation: 1.1,
    density: 1.25,
    wells: ['E3', 'F3', 'H3'],
    testWells: ['G3']
  },
  {
    name: 'SKOV3',
    areas: [247, 1083, 2833],
    elongation: 1.9,
    density: 0.45,
    wells: ['H4', 'G4'],
    testWells: ['E4', 'F4']
  }
]
