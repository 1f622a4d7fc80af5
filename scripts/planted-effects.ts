/**
 * Learns the study with planted effects with the network itself, on native-cpu, and keeps what it found in test/fixtures:
 * a test answers the study from there. A quarter of an hour of the processor; stopped and started again it goes on.
 *
 * Usage: node scripts/with-node.js scripts/planted-effects.ts [FOLDER]
 *        FOLDER is where it works, .cache/planted-effects unless said
 */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '../src/main/files/atomic-write.ts'
import { type ImageResult } from '../src/main/studies/match-predictions.ts'
import { runStudyTask } from '../src/main/studies/run-task.ts'
import { readArm } from '../src/main/studies/task-results.ts'
import { studyTasks } from '../src/main/study/study-tasks.ts'
import { noWatcher } from '../test/support/made-study.ts'
import { plantedFile, plantedMakers, planPlanted } from '../test/support/planted-study.ts'

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../.cache/planted-effects'))
await rm(join(root, 'datasets'), { recursive: true, force: true })
const frozen = await planPlanted(root)
const { place, study, hash, program } = frozen
const arms: [string, readonly ImageResult[]][] = []
for (const task of studyTasks(study)) {
  process.stdout.write(`${task.id}\n`)
  await runStudyTask(frozen, task, plantedMakers, noWatcher)
  arms.push([task.id, (await readArm(place, task.id, { question: hash, program })).images])
}
// An arm a line, so that a change can be read.
const lines = arms.map(([id, images]) => `  ${JSON.stringify(id)}: ${JSON.stringify(images)}`)
await writeFileAtomic(plantedFile, `{\n"study": ${JSON.stringify(study)},\n"arms": {\n${lines.join(',\n')}\n}}\n`)
