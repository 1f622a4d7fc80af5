import { parseArgs } from 'node:util'
import { z } from 'zod'
import { chooseBackend } from '../src/main/backends/backend.ts'
import { AppError } from '../src/shared/errors.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'
import { runCases } from '../test/parity/run-cases.ts'
import { nativePackFor } from './native-pack.ts'

/**
 * Runs every golden case under the given folders: npm run parity -- DIR… [--engine ENGINE]
 *
 * One line a comparison. Exits with 1 if one fails, 2 on wrong usage, 3 if there is no case.
 */
const Engine = z.enum(['auto', 'native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu'])

/** WebGPU without a graphics card: for correctness alone, a thousandth of a card's speed. */
const softwareDevices = /swiftshader|llvmpipe|lavapipe/i
/** Bytes of numbers that such a device gets through in some minutes. */
const softwareLimit = 4_000_000

process.exitCode = await main()

async function main(): Promise<number> {
  const { folders, engine } = readArguments()
  if (folders.length === 0 || engine === undefined) {
    process.stderr.write(`Usage: npm run parity -- DIR… [--engine ${Engine.options.join('|')}]\n`)
    return 2
  }
  try {
    const exact = { NVIDIA_TF32_OVERRIDE: '0' } // graphics cards round factors to 10 bits where they may
    const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine, exact) })
    process.stderr.write(`${backend.library} on ${backend.device}\n`)
    return await runCases(folders, softwareDevices.test(backend.device) ? softwareLimit : Infinity)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    process.stderr.write(`${[thrown.message, ...adviceLines(thrown)].join('\n')}\n`)
    return 3
  }
}

function readArguments() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { engine: { type: 'string' } } })
    return { folders: positionals, engine: Engine.safeParse(values.engine ?? 'auto').data }
  } catch {
    return { folders: [], engine: undefined } // an option that does not exist
  }
}
