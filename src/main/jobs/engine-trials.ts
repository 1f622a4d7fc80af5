import { invariant, toWireError, type WireError } from '../../shared/errors.ts'
import { type EngineInfo, type EngineName } from '../../shared/runs.ts'
import { runOnEngine } from './engine-client.ts'
import { type EngineSurroundings, placeOf } from './engine-places.ts'

/** What came of trying an engine. */
export type EngineTrial =
  | { readonly name: EngineName; readonly available: false; readonly error: WireError }
  | {
      readonly name: EngineName
      readonly available: true
      readonly engine: EngineInfo
      /** Billions of operations a second in a convolution, and in one with its gradients. */
      readonly convGflops: number
      readonly trainGflops: number
    }

export type MeasuredTrial = Extract<EngineTrial, { available: true }>

/** The most that a trial may take: the first start of a graphics card compiles for minutes, later ones do not. */
const mostSeconds = 240

/** Starts an engine in a process of its own, lets it compute, and ends it. Whatever goes wrong becomes the reason why not. */
export async function tryEngine(
  surroundings: EngineSurroundings,
  name: EngineName,
  signal: AbortSignal
): Promise<EngineTrial> {
  let engine: EngineInfo | undefined
  try {
    const place = await placeOf(surroundings, name)
    const { convGflops, trainGflops } = await runOnEngine(
      surroundings,
      { ...place, mostSeconds },
      { job: 'probe', engine: name, resources: surroundings.resources, compare: false },
      (message) => {
        if (message.type === 'engine') engine = message.engine
      },
      signal
    )
    invariant(engine !== undefined, 'an engine that was measured has said its name')
    return { name, available: true, engine, convGflops, trainGflops }
  } catch (thrown) {
    return { name, available: false, error: toWireError(thrown) }
  }
}

/** A device that computes on the processor while it plays a graphics card: right, and slow beyond use. */
export function isSoftwareDevice({ device }: EngineInfo): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i.test(device)
}

/** The fastest at training; among equals (within a tenth) the first. Software devices and `cpu` are for tests alone. */
export function fastestOf(trials: readonly EngineTrial[]): MeasuredTrial | undefined {
  return trials
    .filter((trial) => trial.available)
    .filter(({ name, engine }) => name !== 'cpu' && !isSoftwareDevice(engine))
    .reduce<MeasuredTrial | undefined>(
      (best, trial) => (best === undefined || trial.trainGflops > 1.1 * best.trainGflops ? trial : best),
      undefined
    )
}
