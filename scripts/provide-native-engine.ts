/**
 * Builds the native CPU pack for this checkout, from TensorFlow's wheel, where the engine and the tests look for it:
 * native/tensorflow. A pack that is there is kept.
 *
 * Usage: node scripts/provide-native-engine.ts [--wheel FILE] [--force]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultEnvironment } from '../src/main/environment.ts'
import { buildEnginePack } from '../src/main/services/engine-packs.ts'
import { AppError } from '../src/shared/errors.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'

const { values: options } = parseArgs({
  options: { wheel: { type: 'string' }, force: { type: 'boolean', default: false } }
})
const folder = join(import.meta.dirname, '../native/tensorflow')
const started = performance.now()

try {
  const wheels = options.wheel === undefined ? [] : [options.wheel]
  const input = { gpu: false, wheels, trust: [], force: options.force }
  const context = { signal: new AbortController().signal, progress, notice: tell }
  const { built } = await buildEnginePack(defaultEnvironment(), input, context, folder)
  tell(`The native engine ${built} is ready in native/tensorflow.`)
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${[error.message, ...adviceLines(error)].join('\n')}\n`)
  process.exitCode = 3
}

function progress({ stage, done, total }: { stage: string; done: number; total: number }): void {
  if (done === 0 || done === total)
    tell(`${((performance.now() - started) / 1000).toFixed(1)} s: ${stage} ${done}/${total}`)
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}
