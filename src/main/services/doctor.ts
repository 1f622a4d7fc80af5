import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { type EngineReport, type Output, type ParsedInput } from '../../shared/api.ts'
import { AppError, fromWireError, invariant } from '../../shared/errors.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { choiceOf, choiceSentence, rememberChoice } from '../jobs/engine-choice.ts'
import { engineNames, placeOf } from '../jobs/engine-places.ts'
import { type EngineTrial, isSoftwareDevice, type MeasuredTrial, tryEngine } from '../jobs/engine-trials.ts'
import { productVersion } from '../product.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { listEnginePacks } from './engine-packs.ts'

/** What this computer can do, measured and not guessed. What is measured here is what `auto` goes by from now on. */
export async function examineComputer(
  app: AppContext,
  { engine }: ParsedInput<'app.doctor'>,
  { signal, progress }: RequestContext
): Promise<Output<'app.doctor'>> {
  if (engine !== 'auto') await placeOf(app.environment, engine) // what is not there needs no measuring
  const trials: EngineTrial[] = []
  for (const [i, name] of engineNames.entries()) {
    progress({ stage: 'measure', done: i, total: engineNames.length })
    if (signal.aborted) throw new AppError('stopped', 'Stopped on request.')
    trials.push(await tryEngine(app.environment, name, signal))
  }
  progress({ stage: 'measure', done: engineNames.length, total: engineNames.length })

  const choice = choiceOf(trials)
  await rememberChoice(app.environment, choice)
  const used = requireTrial(trials, engine === 'auto' ? choice.engine : engine)
  const disk = await statfs(app.folders.root)
  return {
    version: productVersion,
    workspace: app.folders.root,
    engine: used.engine,
    reason: reasonOf(engine, choiceSentence(choice)),
    engines: trials.map(describe),
    ...(await listEnginePacks(app.environment)),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    diskFreeBytes: disk.bavail * disk.bsize,
    speed: { convGflops: used.convGflops, trainGflops: used.trainGflops }
  }
}

function requireTrial(trials: readonly EngineTrial[], name: string): MeasuredTrial {
  const trial = trials.find((each) => each.name === name)
  invariant(trial !== undefined, 'every engine was tried')
  if (!trial.available) throw fromWireError(trial.error)
  return trial
}

function reasonOf(wish: EngineRequest, sentence: string): string {
  return wish === 'auto' ? sentence : `CytoLoom uses ${wish} because it was asked to.`
}

function describe(trial: EngineTrial): EngineReport {
  if (!trial.available) {
    const { message, next, remedies } = trial.error
    const why = next === undefined ? message : `${message} ${next}`
    return { name: trial.name, available: false, why, ...(remedies === undefined ? {} : { remedies }) }
  }
  const { name, engine, convGflops, trainGflops } = trial
  const measured = { name, available: true, library: engine.library, device: engine.device, convGflops, trainGflops }
  return isSoftwareDevice(engine)
    ? {
        ...measured,
        why: 'This is not a graphics card but a program that imitates one, for tests; "auto" does not choose it.'
      }
    : measured
}
