import { join, resolve } from 'node:path'
import { AppError } from '../../src/shared/errors.ts'
import { type EngineName } from '../../src/shared/runs.ts'
import { chooseBackend } from '../../src/main/backends/backend.ts'
import { type FeatureNetwork } from '../../src/main/engine/networks/feature-network.ts'
import { loadFeatures } from '../learning/feature-network.ts'
import { nativePackFor } from '../native-pack.ts'
import { halfSize, readClasses, type Scene, tileHalves } from './judge/folder.ts'
import { emptyRungs } from './judge/ladder.ts'
import { scoreBothWays, type TileScores } from './judge/score-tiles.ts'
import { outcomeOf, type Step, type Verdict, verdictOn } from './judge/verdict.ts'

export interface JudgeOptions {
  /** Folders of annotated pictures in any format that can be imported; each folder in them is a class. */
  readonly folders: readonly string[]
  readonly sides: readonly number[]
  /** Tiles of each half, at most. */
  readonly tiles: number
  readonly engine: EngineName
}

/** The ladders of one class at one size. */
interface Ladders extends Verdict {
  readonly class: string
  readonly side: number
  /** In either half. */
  readonly tiles: readonly [number, number]
  readonly overlap: boolean
  readonly outcome: ReturnType<typeof outcomeOf>
  readonly scores: Readonly<Record<string, TileScores>>
}

const root = resolve(import.meta.dirname, '../..')
const sample = join(root, 'resources/sample')
/** As of the first size from which nuclei fit whole: smaller tiles are cut from pictures of half the size. */
const fullSizeFrom = 64

/** Whether the score that picks models puts real tiles first, worse ones behind in order, and emptiness last. */
export async function benchJudge(options: JudgeOptions): Promise<{ text: string; json: unknown }> {
  const { folders, sides, tiles, engine } = options
  await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const network = await loadFeatures()
  const all: Ladders[] = []
  for (const folder of folders.length > 0 ? folders : [sample]) {
    for (const [name, scenes] of await readClasses({ source: folder })) {
      for (const side of sides) all.push(...(await climb(name, scenes, { side, tiles }, network)))
    }
  }
  if (all.length === 0) throw new AppError('input', 'No picture is large enough for tiles of this size.')
  return { text: all.map(asText).join('\n'), json: { name: 'judge', engine, ladders: all } }
}

async function climb(
  name: string,
  scenes: readonly Scene[],
  { side, tiles }: { readonly side: number; readonly tiles: number },
  network: FeatureNetwork
): Promise<Ladders[]> {
  const sized = side < fullSizeFrom ? scenes.map(halfSize) : scenes
  const { halves, overlap } = tileHalves(sized, side, tiles)
  const [first, second] = halves
  if (Math.min(first.length, second.length) < 4) return []
  const scores = await scoreBothWays(network, halves, (rung) => process.stderr.write(`${name}, ${side}²: ${rung}\n`))
  const verdict = verdictOn(scores)
  return [
    {
      ...{ class: name, side, tiles: [first.length, second.length], overlap },
      ...{ ...verdict, outcome: outcomeOf(verdict), scores: Object.fromEntries(scores) }
    }
  ]
}

function asText({ scores, breaks, unsettled, emptyMargin, blankMargin, ...ladders }: Ladders): string {
  const rows = Object.entries(scores).map(([rung, { cellDistance, frechet }]) => {
    const mark = emptyRungs.includes(rung) ? ' (empty)' : ''
    return `| ${(rung + mark).padEnd(26)} | ${cellDistance.toFixed(3).padStart(13)} | ${frechet.toFixed(1).padStart(9)} |`
  })
  const disorder = breaks.map((step) => `${step.to} is not above ${step.from} (${riseOf(step)})`).join('; ')
  const chance = unsettled.map((step) => `${step.to} above ${step.from} (${riseOf(step)})`).join('; ')
  return [
    `${ladders.class}, ${ladders.side}²: ${ladders.tiles.join(' and ')} tiles${ladders.overlap ? ', overlapping' : ''}`,
    `| ${'tiles'.padEnd(26)} | cell distance | FD-EffNet |`,
    ...rows,
    ...(chance === '' ? [] : [`So few tiles do not settle whether these rise: ${chance}.`]),
    `${disorder === '' ? 'All ladders rise' : disorder}; what is empty comes last by ${emptyMargin.toFixed(2)}, noise and flat by ${blankMargin.toFixed(2)}: ${outcomeWords[ladders.outcome]}`,
    ''
  ].join('\n')
}

function riseOf({ rise, error }: Step): string {
  return `${rise.toFixed(4)} ± ${error.toFixed(4)}`
}

const outcomeWords = {
  passed: 'passed',
  undecided: 'UNDECIDED, more tiles are needed',
  failed: 'NOT PASSED'
}
