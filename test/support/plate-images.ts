import { Dataset, DatasetImage } from '../../src/shared/datasets.ts'

/** A data set of twelve pictures, as an answer of the app has it. */
export const plateDataset = Dataset.parse({
  id: 'd-1',
  name: 'plate',
  created: '2026-01-01T00:00:00.000Z',
  format: 'labels',
  images: 12,
  annotated: 12,
  cells: 24,
  classes: []
})

interface PlateImage {
  readonly side: number
  readonly class: string
  readonly group: string
  readonly cells: number
  readonly time?: number
  readonly split?: string | undefined
}

/** One annotated gray picture of it. */
export function plateImage(id: number, { side, ...known }: PlateImage): DatasetImage {
  return DatasetImage.parse({
    ...known,
    id,
    file: `${id}.png`,
    width: side,
    height: side,
    channels: 1,
    bits: 8,
    annotated: true,
    sha256: ''
  })
}
