import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSamePlan } from '../../../src/main/studies/study-folder.ts'
import { computeTable } from '../../../src/main/study/study-table.ts'
import { type ArmName, type FrozenStudy, type StudyCell } from '../../../src/shared/studies.ts'
import { plantedFile, PlantedResults, planPlanted } from '../../support/planted-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let planned: FrozenStudy
let found: PlantedResults

beforeAll(async () => {
  planned = (await planPlanted(await temporaryFolder(afterAll))).study
  found = PlantedResults.parse(JSON.parse(await readFile(plantedFile, 'utf8')))
})

/** As a study of this arm alone answers. */
function cellOf(arm: ArmName): StudyCell | undefined {
  const columns = found.study.columns.map((column) => ({ ...column, arms: ['real', arm] as ArmName[] }))
  const { table } = computeTable({ ...found.study, columns }, new Map(Object.entries(found.arms)))
  return table.cells.find((cell) => cell.arm === arm)
}

describe('Planted effects, as the network itself found them', () => {
  test('are of the study that is planned today', () => {
    expect(isSamePlan(found.study, planned)).toBe(true)
  })

  test('real pictures passed off as synthetic help: the interval is above zero', () => {
    const cell = cellOf('synthetic')
    expect(cell?.verdict).toBe('helps')
    expect(cell?.interval?.[0]).toBeGreaterThan(0)
  })

  test('copies of the picture that is there do not help', () => {
    const cell = cellOf('real-repeated')
    expect(cell?.verdict).toBe('cannot-tell')
  })

  test('masks of other pictures harm: the interval is below zero', () => {
    const cell = cellOf('synthetic-shuffled-masks')
    expect(cell?.verdict).toBe('harms')
    expect(cell?.interval?.[1]).toBeLessThan(0)
  })
})
