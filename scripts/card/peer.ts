import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { lastLine, type Part, runProgram } from './part.ts'

interface Peer {
  readonly engine: string
  readonly profile: string
  readonly log: string
  readonly seconds: number
  /** What PyTorch says of itself; undefined where there is none. */
  readonly torch: string | undefined
  /** What the same iteration takes here, with both regularisers. */
  readonly ours: number | undefined
}

const Answer = z.object({ seconds: z.number(), torch: z.string(), device: z.string(), calls: z.int() })

/**
 * PyTorch beside a training step: the convolutions of one iteration with both regularisers, by PyTorch on this machine.
 * A whole iteration takes PyTorch longer than this, so a step that is as fast is faster than PyTorch's.
 */
export async function convolutionsPart({ engine, profile, log, seconds, torch, ours }: Peer): Promise<Part> {
  const named = { part: `PyTorch, ${profile}`, engine }
  if (torch === undefined) return { ...named, state: 'not run', seconds: 0, says: 'python3 has no PyTorch here.' }
  const folder = await mkdtemp(join(tmpdir(), 'check-card-'))
  try {
    const file = join(folder, 'convolutions.json')
    const record = ['scripts/card/convolutions.ts', profile, engine, file]
    const first = await runProgram(process.execPath, record, { seconds, log })
    if (first.status !== 0) return { ...named, state: 'failed', seconds: first.seconds, says: lastLine(first.stderr) }
    const peer = await runProgram('python3', ['scripts/card/convolutions.py', file], { seconds, log })
    const spent = first.seconds + peer.seconds
    if (peer.status !== 0) return { ...named, state: 'failed', seconds: spent, says: lastLine(peer.stderr) }
    const answer = Answer.parse(JSON.parse(lastLine(peer.stdout)))
    const beside = ours === undefined ? '' : `; the whole step here ${(1000 * ours).toFixed(0)} ms`
    return {
      ...named,
      state: 'done',
      seconds: spent,
      says: `${answer.calls} convolutions ${(1000 * answer.seconds).toFixed(1)} ms on ${answer.device}${beside}`,
      numbers: { torchSeconds: answer.seconds, ...(ours === undefined ? {} : { ours }) }
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
