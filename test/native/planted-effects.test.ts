import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { type ImageResult } from '../../src/main/studies/match-predictions.ts'
import { runStudyTask } from '../../src/main/studies/run-task.ts'
import { readArm } from '../../src/main/studies/task-results.ts'
import { studyTasks } from '../../src/main/study/study-tasks.ts'
import { nativeFolder, withoutNative } from '../support/engine/backends.ts'
import { noWatcher } from '../support/made-study.ts'
import { plantedFile, plantedMakers, PlantedResults, planPlanted } from '../support/planted-study.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe.skipIf(nativeFolder === undefined)(`The network${withoutNative}`, () => {
  test(
    'finds again what is kept of the study with planted effects: in the first picture’s arms',
    { timeout: 900_000 },
    async () => {
      const frozen = await planPlanted(await temporaryFolder(afterAll))
      const { place, study, hash, program } = frozen
      const kept = PlantedResults.parse(JSON.parse(await readFile(plantedFile, 'utf8')))
      const found = new Map<string, number>()
      for (const task of studyTasks(study).filter(({ draw }) => draw === 0)) {
        await runStudyTask(frozen, task, plantedMakers, noWatcher)
        const { images } = await readArm(place, task.id, { question: hash, program })
        found.set(task.arm, f1(images))
        expect(Math.abs(f1(images) - f1(kept.arms[task.id] ?? [])), task.id).toBeLessThan(0.1)
      }
      expect(found.get('real-repeated')).toBe(found.get('real'))
      expect(found.get('synthetic')).toBeGreaterThan(found.get('real') ?? NaN)
      expect(found.get('synthetic-shuffled-masks')).toBeLessThan(found.get('real') ?? NaN)
    }
  )
})

function f1(images: readonly ImageResult[]): number {
  const sum = (of: 'tp' | 'fp' | 'fn') => images.reduce((total, image) => total + image[of], 0)
  return (2 * sum('tp')) / (2 * sum('tp') + sum('fp') + sum('fn'))
}
