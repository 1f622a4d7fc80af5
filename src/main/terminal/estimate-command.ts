import { type Command, Option } from 'commander'
import { type Input } from '../../shared/api.ts'
import { estimateSentences, waySentence } from '../../shared/estimate-words.ts'
import { type Estimate } from '../../shared/estimates.ts'
import { addPrepareOptions, prepareInput, type PrepareOptions } from './data-commands.ts'
import { type CommonOptions, type Host } from './host.ts'
import { addImportOptions, importInput, type ImportOptions } from './import-command.ts'
import { addGenerateOptions, type GenerateOptions } from './model-commands.ts'
import { remedyLine } from './remedies.ts'
import { addPlanOptions, planOf, type PlanOptions } from './study-commands.ts'
import { addCreateOptions, type CreateOptions } from './share-commands.ts'
import { addTrainOptions, trainInput, type TrainOptions } from './train-command.ts'

/** estimate train · prepare · generate · import · package · study */
export function addEstimate(program: Command, host: Host): void {
  const estimate = program
    .command('estimate')
    .description('what some work would take: time, room on the disk and in memory')
    .addHelpText('after', '\nTakes some seconds to try it; nothing is kept.')
  const ask = async (input: Input<'estimates.make'>, { workspace }: CommonOptions): Promise<void> => {
    const result = await host.request('estimates.make', input, workspace)
    host.print(result, linesOf(result.estimate).join('\n'))
  }
  addTrainOptions(part(estimate, 'train', '<prepared>', 'name or id of the prepared set')).action(
    (prepared: string, options: TrainOptions) => ask({ of: 'train', ...trainInput(prepared, options) }, options)
  )
  addImportOptions(part(estimate, 'import', '<source>', 'folder, annotation file, or zip of either')).action(
    (source: string, options: ImportOptions) => ask({ of: 'import', ...importInput(source, options) }, options)
  )
  addPrepareOptions(part(estimate, 'prepare', '<dataset>', 'name or id')).action(
    (dataset: string, options: PrepareOptions) => ask({ of: 'prepare', ...prepareInput(dataset, options) }, options)
  )
  addGenerateOptions(part(estimate, 'generate', '<run>', 'name or id')).action(
    (run: string, { workspace, json: _, ...options }: GenerateOptions) =>
      ask({ of: 'generate', run, ...options }, { ...(workspace !== undefined && { workspace }) })
  )
  addCreateOptions(part(estimate, 'package', '<set>', 'name or id of the synthetic set or data set'))
    .option('--out <file>', 'the zip file that would be written')
    .action((set: string, { workspace, json: _, ...options }: Partial<CreateOptions>) =>
      ask({ of: 'package', set, ...options }, { ...(workspace !== undefined && { workspace }) })
    )
  addPlanOptions(part(estimate, 'study plan', '[name]', 'not needed')).action(
    (_: string | undefined, options: PlanOptions) => ask({ of: 'study', ...planOf(options) }, options)
  )
}

/** The name that the work itself would be given is taken too, so that one line serves for both. */
function part(estimate: Command, name: string, argument: string, meaning: string): Command {
  return estimate
    .command(name.split(' ')[0] ?? name)
    .description(`what "${name}" would take, with the same options`)
    .argument(argument, meaning)
    .addOption(new Option('--name <name>', 'not needed').hideHelp())
    .hook('preAction', (_, chosen) => void chosen.setOptionValue('name', undefined))
}

function linesOf(estimate: Estimate): string[] {
  const ways = (estimate.wouldFit ?? []).flatMap((way) => [waySentence(way), `  ${remedyLine(way.remedy)}`])
  return [...estimateSentences(estimate), ...ways]
}
