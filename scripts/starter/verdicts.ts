import { type CellStatistics } from '../../src/shared/set-report.ts'

/** Everything that is asked of a built-in model, measured. */
export interface StarterFacts {
  readonly resolution: number
  /** Of its files; undefined where they are not what would be shipped. */
  readonly megabytes: number | undefined
  readonly classes: readonly ClassFacts[]
  /** Share of the pictures that lie farther from the nearest training tile than 95 of 100 tiles do from one of another image. */
  readonly farFromTraining: number | undefined
}

export interface ClassFacts {
  readonly name: string
  readonly generated: CellStatistics
  readonly real: CellStatistics
  /** Mean overlap of masks with each picture's own foreground by Otsu's threshold, where there is a cell. */
  readonly otsu: {
    readonly polarity: 'bright' | 'dark'
    readonly generated: number | undefined
    readonly real: number | undefined
  }
}

export interface Verdict {
  readonly says: string
  readonly holds: boolean
}

/** What must hold of a model that is shipped; the order is that of importance. */
export function verdictsOn({ resolution, megabytes, classes, farFromTraining }: StarterFacts): Verdict[] {
  return [
    { says: `pictures of ${resolution} pixels (64 at least)`, holds: resolution >= 64 },
    ...(megabytes === undefined
      ? []
      : [{ says: `${megabytes.toFixed(1)} MB of files (below 8)`, holds: megabytes < 8 }]),
    ...classes.flatMap(verdictsOnClass),
    {
      says: `${shown(farFromTraining)} of the pictures are as far from training tiles as these are from each other (95 % at least)`,
      holds: farFromTraining !== undefined && farFromTraining >= 0.95
    }
  ]
}

function verdictsOnClass({ name, generated, real, otsu }: ClassFacts): Verdict[] {
  const beside = (value: number | undefined, other: number | undefined): number =>
    value === undefined || other === undefined || other === 0 ? NaN : value / other
  const isNear = (ratio: number): boolean => Math.abs(ratio - 1) <= 0.3
  const cells = beside(generated.cells, real.cells)
  const area = beside(generated.medianArea, real.medianArea)
  const agreement = beside(otsu.generated, otsu.real)
  const fit = beside(generated.maskFit, real.maskFit)
  return [
    {
      says: `${name}: ${shown(generated.empty)} without a cell, real ${shown(real.empty)} (at most 10 points more)`,
      holds: generated.empty - real.empty <= 0.1
    },
    {
      says: `${name}: ${generated.cells.toFixed(1)} cells a picture, real ${real.cells.toFixed(1)} (within 30 %)`,
      holds: isNear(cells)
    },
    {
      says: `${name}: median area ${number(generated.medianArea)}, real ${number(real.medianArea)} (within 30 %)`,
      holds: isNear(area)
    },
    {
      says: `${name}: Otsu's foreground agrees ${shown(otsu.generated)}, real ${shown(otsu.real)} (${otsu.polarity} cells; at least 0.85 ×)`,
      // Stained cells stand out from the tissue around them too little for one threshold to say much.
      holds: agreement >= 0.85 || otsu.polarity === 'dark'
    },
    {
      says: `${name}: mask fit ${shown(generated.maskFit)}, real ${shown(real.maskFit)} (at least 0.85 ×)`,
      holds: fit >= 0.85
    }
  ]
}

function shown(share: number | undefined): string {
  return share === undefined ? 'nothing' : `${(100 * share).toFixed(1)} %`
}

function number(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(0)
}
