/**
 * Judges the kept pictures of learning runs again, by their cells. A line of JSON for real tiles, and for each of a run's
 * points.
 *
 * Usage: node scripts/judge-learning.ts DATA RUN… [--point N …] [--pictures N] [--engine E]
 *        DATA as for the learning run; RUN is a folder that it wrote, with samples-NNNN.png
 */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EngineName } from '../src/shared/runs.ts'
import { chooseBackend } from '../src/main/backends/backend.ts'
import { toEightBit } from '../src/main/images/eight-bit.ts'
import { readPicture } from '../src/main/images/read.ts'
import { type JudgedPictures, LearningJudge, someTiles } from './learning/judge.ts'
import { loadFeatures } from './learning/feature-network.ts'
import { readLearningTiles, realStep, side } from './learning/tiles.ts'
import { nativePackFor } from './native-pack.ts'

const { data, runs, points, pictures, engine } = readArguments()
await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
const tiles = await readLearningTiles(data, 0)
const reference = someTiles(tiles, 0, realStep)
const judge = await LearningJudge.of(await loadFeatures(), reference)
tell({ run: 'real tiles', ...(await judge.judge(someTiles(tiles, realStep / 2, realStep))) })
for (const run of runs) {
  const names = (await readdir(run)).filter((name) => /^samples-\d+\.png$/.test(name)).sort()
  for (const name of names) {
    const iteration = Number(/\d+/.exec(name)?.[0])
    if (points.length > 0 && !points.includes(iteration)) continue
    tell({ run: basename(run), iteration, ...(await judge.judge(await readSamples(join(run, name)))) })
  }
}

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Pictures above their masks, or pictures alone: as many as real ones are compared, of which some may be enough. */
async function readSamples(file: string): Promise<JudgedPictures> {
  const gray = toEightBit(await readPicture(file), 'full', 'gray')
  const whole = reference.images.length
  const size = Math.min(whole, pictures * side ** 2)
  return {
    images: gray.subarray(0, size),
    masks: gray.length > whole ? gray.subarray(whole, whole + size) : undefined
  }
}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      point: { type: 'string', multiple: true, default: [] },
      pictures: { type: 'string' },
      engine: { type: 'string', default: 'native-cpu' }
    }
  })
  const [data, ...runs] = z.array(z.string()).min(2).parse(positionals)
  return {
    data: data ?? '',
    runs,
    points: values.point.map(Number),
    pictures: z.coerce.number().int().min(2).default(Number.MAX_SAFE_INTEGER).parse(values.pictures),
    engine: EngineName.parse(values.engine)
  }
}
