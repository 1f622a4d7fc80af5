/** The program as a child of its own, asked over messages: what kills it or keeps it busy is seen from outside. */
import { createApp } from '../../src/main/app.ts'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { inspectSource } from '../../src/main/datasets/inspect-source.ts'
import { readTorchWeights } from '../../src/main/files/torch-file.ts'
import { decodeMask } from '../../src/main/prepare/decode-mask.ts'
import { dispatch } from '../../src/main/services/dispatch.ts'
import { scoreFiles } from '../../src/main/scoring/score-files.ts'
import { verifyPackage } from '../../src/main/packages/read-package.ts'
import { type Reply, requests } from '../../src/shared/api.ts'
import { toWireError } from '../../src/shared/errors.ts'
import { type Question } from './watched-child.ts'

const [, , workspace = ''] = process.argv
const app = await createApp(defaultEnvironment({ workspace, engineFolder: `${workspace}-engines`, programPacks: [] }))

process.on('message', (question: Question) => void answer(question))
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function answer({ request, input }: Question): Promise<void> {
  process.send?.(await ask(request, input))
}

async function ask(request: string, input: unknown): Promise<Reply> {
  const unguarded = unguardedReaders.get(request)
  if (unguarded === undefined) return dispatch(app.handlers, request, input, context, () => undefined)
  try {
    return { output: await unguarded(input) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

const context = { signal: new AbortController().signal, progress: () => undefined }

/** The readers on this very thread: many files a second, and whatever happens in them happens here. */
const unguardedReaders = new Map<string, (input: unknown) => unknown>([
  ['weights', (input) => readTorchWeights(String(input))],
  ['unguarded datasets.inspect', (input) => inspectSource(requests['datasets.inspect'].input.parse(input))],
  ['unguarded packages.verify', (input) => verifyPackage(requests['packages.verify'].input.parse(input).file)],
  ['unguarded scores.files', (input) => scoreFiles(requests['scores.files'].input.parse(input), context)],
  ['unguarded masks.decode', (input) => decodeMask(requests['masks.decode'].input.parse(input))]
])
