/**
 * Kills a program that works through a queue of ten tasks of all kinds, again and again, and looks whether anything was
 * lost or left half done: `npm run kills -- --rounds 300`.
 */
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killRounds } from '../test/fuzz/kills/rounds.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    longest: { type: 'string', default: '12' }
  }
})
const workspace = join(tmpdir(), `cytoloom-kills-${process.pid}`, 'workspace')
const { findings, finishedTasks, kinds } = await killRounds({
  workspace,
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  longestMilliseconds: Number(values.longest) * 1000,
  report: (line) => process.stdout.write(`${line}\n`)
})
const counts = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')
process.stdout.write(
  `${values.rounds} kills, ${finishedTasks} tasks finished (${counts}), ${findings.length} findings\n`
)
if (findings.length === 0) rmSync(join(workspace, '..'), { recursive: true, force: true })
process.exitCode = findings.length === 0 ? 0 : 1
