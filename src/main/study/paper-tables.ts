import type { StudyDesign } from '../../shared/studies.ts'

/** One field of a table of the paper: the score in percent, and what synthetic images changed it by. One run each. */
export interface PaperField {
  readonly row: string
  readonly column: string
  readonly ap: number
  readonly difference: number | undefined
}

/** Rows and columns are called as in our own tables of the same design. */
export function paperFields(design: StudyDesign): PaperField[] {
  if (design === 'table2') return table2
  if (design === 'table3')
    return table3.flatMap(([row, text]) =>
      fieldsOf(text).map((field, i) => ({ row, column: shares[i] ?? '', ...field }))
    )
  if (design !== 'table4') return []
  return table4.flatMap(([name, text]) =>
    fieldsOf(text).map((field, i) => ({
      row: `${name}, ${stages[i % 3] ?? ''}`,
      column: shares[Math.floor(i / 3)] ?? '',
      ...field
    }))
  )
}

const shares = ['25%', '50%', '75%', '100%']
const stages = ['early', 'middle', 'late']

/** "45.36-0.89 46.59-0.89" */
function fieldsOf(text: string): { readonly ap: number; readonly difference: number }[] {
  return text.split(' ').map((field) => {
    const [, ap, difference] = /^([\d.]+)([+-][\d.]+)$/.exec(field) ?? []
    return { ap: Number(ap), difference: Number(difference) }
  })
}

const table2: PaperField[] = [
  { row: 'AP', column: 'Real images', ap: 47.69, difference: undefined },
  { row: 'AP', column: '+ 1,600', ap: 47.26, difference: -0.43 },
  { row: 'AP', column: '+ 3,200', ap: 47.11, difference: -0.58 },
  { row: 'AP', column: '+ 6,400', ap: 46.79, difference: -0.9 }
]

const table3: [name: string, fields: string][] = [
  ['Full', '45.36-0.89 46.59-0.89 47.59-0.77 47.69-0.48'],
  ['A172', '38.58-0.78 38.77-0.82 39.17+0.25 39.97-0.49'],
  ['BT-474', '40.86-1.56 43.18-1.83 44.41-1.28 44.45-0.48'],
  ['BV-2', '52.69-0.86 53.93-0.91 54.92-0.95 54.69+0.02'],
  ['Huh7', '52.12-1.26 53.22-1.57 53.06-0.81 54.10-0.58'],
  ['MCF7', '36.11-1.30 37.84-1.07 39.45-1.40 39.35-0.75'],
  ['SH-SY5Y', '23.92-1.18 26.40-2.24 26.70-1.40 26.99-1.08'],
  ['SkBr3', '66.13-0.12 65.66+0.73 66.44+0.60 66.93-0.01'],
  ['SK-OV-3', '53.40-0.92 54.07-0.65 54.57-0.05 54.92-0.53']
]

const table4: [name: string, fields: string][] = [
  [
    'Full',
    '55.31-0.43 43.60-0.73 37.00-1.51 56.35-0.61 44.91-0.83 38.42-1.32 57.03-0.33 46.00-0.78 39.44-1.12 57.31-0.26 46.00-0.64 39.66-0.68'
  ],
  [
    'A172',
    '54.07-0.19 43.12-1.06 31.29-0.55 56.49-2.25 44.90-2.05 29.82+0.61 55.46-0.36 44.69+0.08 31.24+0.37 55.89+0.13 45.30-0.73 32.19-0.54'
  ],
  [
    'BT-474',
    '52.66-0.46 37.71-1.87 35.47-1.75 55.42-1.57 40.27-1.97 37.56-1.89 55.64-0.44 41.83-1.79 39.34-1.76 55.75+0.04 41.69-0.80 39.15-0.45'
  ],
  [
    'BV-2',
    '66.26+1.01 59.31-0.30 48.80-1.15 68.86-2.44 59.34+0.27 50.34-1.03 68.73-0.80 60.99-0.26 51.08-1.17 67.71+0.00 60.72+0.47 51.06-0.26'
  ],
  [
    'Huh7',
    '56.57-0.95 52.34-1.43 47.33-1.49 58.23-2.17 53.21-1.03 48.15-1.56 58.68-1.31 52.46-0.86 48.41-0.51 58.32+0.16 54.13-0.97 49.87-0.59'
  ],
  [
    'MCF7',
    '52.50+0.13 39.60-0.40 30.90-1.69 54.29+0.35 42.56-1.69 32.09-0.90 55.58-0.31 43.87-1.67 33.97-1.59 56.43-0.97 43.33-0.52 33.88-0.76'
  ],
  [
    'SH-SY5Y',
    '33.35-1.52 22.41-1.19 22.86-0.47 36.15-2.65 25.10-2.20 25.66-2.20 36.41-2.68 25.80-1.91 25.90-0.76 36.33-0.37 25.98-1.59 26.13-1.08'
  ],
  [
    'SkBr3',
    '74.05+0.48 68.68-1.23 61.77+0.38 73.23+1.64 65.69+2.14 63.61-1.05 74.56+1.20 67.48+0.76 63.30-0.21 75.49-0.57 68.17+0.41 63.33-0.52'
  ],
  [
    'SK-OV-3',
    '60.83-0.98 56.00-0.88 49.76-0.56 62.04-1.39 57.13-1.13 49.98+0.04 61.59+0.32 57.55-0.38 50.82+0.14 62.42+0.11 57.85-0.67 51.23-0.40'
  ]
]
