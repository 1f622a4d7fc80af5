import { type Command, Option } from 'commander'
import { AppError, refuse } from '../../shared/errors.ts'
import { endPhrase, roughly } from '../../shared/estimate-words.ts'
import { ArmName, PlanStudyRequest, type StudyOutlook, type StudyResult } from '../../shared/studies.ts'
import { bytes, count, percent, realNumber, wholeNumber } from './numbers.ts'
import { type CommonOptions, engineOption, type Host, seedOption } from './host.ts'

/** study plan, run, resume, report, add-predictions, export, run-task, collect */
export function addStudyCommands(program: Command, host: Host): void {
  const study = program
    .command('study')
    .description(
      'whether synthetic images help a segmentation network: plan it, run it here or on a cluster, report it'
    )
  addPlan(study, host)
  addRun(study, host)
  addReport(study, host)
  addPredictions(study, host)
  addCluster(study, host)
}

export type PlanOptions = CommonOptions & Omit<PlanStudyRequest, 'name'>

function addPlan(study: Command, host: Host): void {
  const plan = study
    .command('plan')
    .description('freeze question, arms, images and repeats of a study, and say what it would take')
    .argument('<name>', 'name of the study')
  addPlanOptions(plan).action(async (name: string, options: PlanOptions) => {
    const result = await host.request('study.plan', { ...planOf(options), name }, options.workspace)
    host.print(result, planSentences(result))
  })
}

export function planOf({ workspace: _, json: __, ...plan }: PlanOptions): Omit<PlanStudyRequest, 'name'> {
  return plan
}

/** What can be chosen of a study. */
export function addPlanOptions(command: Command): Command {
  const { shape } = PlanStudyRequest
  return command
    .option('--data <dataset>', 'data set with the real images (default: the only one)')
    .addOption(
      new Option('--design <name>', "the paper's Tables 2, 3 and 4, or few annotated images")
        .choices(shape.design.unwrap().options)
        .default('few-images')
    )
    .addOption(
      new Option('--preset <name>', 'small: a look within 40 minutes; full: an answer')
        .choices(shape.preset.unwrap().options)
        .default('full')
    )
    .option('--question <text>', 'the question, in your words')
    .option('--arms <list>', `what is held against real images alone: ${ArmName.options.slice(1).join(', ')}`, list)
    .option('--sizes <list>', 'numbers of annotated images, such as 1,5,20 (few-images)', wholeNumbers)
    .option('--shares <list>', 'percent of the real images, such as 25,50,100', realNumbers)
    .option('--counts <list>', 'numbers of synthetic images (table2), or one for all columns', wholeNumbers)
    .option('--synthetic <set>', 'pictures made before, for all arms: a synthetic set, or a data set in its place')
    .option('--repeats <number>', 'seeds of the segmentation network', wholeNumber)
    .option('--generators <number>', 'generators trained on each share of the images', wholeNumber)
    .option('--draws <number>', 'draws of the few images', wholeNumber)
    .option('--more-images <number>', 'how many images the arm more-real has more', wholeNumber)
    .addOption(new Option('--metric <name>', 'score that answers').choices(shape.metric.unwrap().options).default('AP'))
    .addOption(
      new Option('--convention <name>', "limits of LIVECell's benchmark, or of COCO")
        .choices(shape.convention.unwrap().options)
        .default('livecell')
    )
    .option('--smallest-effect <fraction>', 'smallest difference that would matter', realNumber, 0.01)
    .option('--wells <rule>', 'what training and test must not share: filename:REGEX or none')
    .option('--leave-out <classes...>', 'classes whose images are left out')
    .option('--iterations <number>', 'length of each training of a segmentation network', wholeNumber)
    .option('--generator-iterations <number>', 'length of each training of a generator', wholeNumber)
    .option('--tile <pixels>', 'side of the pictures that generators make', wholeNumber)
    .option('--pilot <study>', 'study whose spread tells what this one could see')
    .addOption(seedOption())
    .addOption(engineOption())
}

function list(text: string): string[] {
  return text.split(',').filter((item) => item !== '')
}

function wholeNumbers(text: string): number[] {
  return list(text).map(wholeNumber)
}

function realNumbers(text: string): number[] {
  return list(text.replaceAll('%', '')).map(realNumber)
}

function addRun(study: Command, host: Host): void {
  const run = study
    .command('run')
    .description('do what is left of a study, and report; a study that is not there is planned first')
    .argument('<name>', 'name or id')
  addPlanOptions(run).action(async (name: string, options: PlanOptions) => {
    const isPlanned = isAsked(run)
    const input = isPlanned ? { study: name, plan: planOf(options) } : { study: name }
    const result = await host.request('study.run', input, options.workspace)
    host.print(result, resultSentences(result))
  })
  study
    .command('resume')
    .description('go on with a study that was stopped')
    .argument('<name>', 'name or id')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('study.run', { study: name }, workspace)
      host.print(result, resultSentences(result))
    })
}

/** Whether anything of a plan was said. */
function isAsked(command: Command): boolean {
  return command.options.some((option) => {
    const name = option.attributeName()
    return !['workspace', 'json'].includes(name) && command.getOptionValueSource(name) === 'cli'
  })
}

function addReport(study: Command, host: Host): void {
  study
    .command('report')
    .description('compute the table anew from what is stored, and write the report: one HTML file, CSV and SVG')
    .argument('<name>', 'name or id')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('study.report', { study: name }, workspace)
      host.print(result, resultSentences(result))
    })
}

function addPredictions(study: Command, host: Host): void {
  study
    .command('add-predictions')
    .description(
      'hold what another program predicted for the test images against real images alone, in a row of its own'
    )
    .argument('<study>', 'name or id')
    .argument('<file>', 'COCO file with scores, or list of results, of all test images')
    .requiredOption('--name <name>', 'what made them, as its row is called: Cellpose-SAM')
    .action(async (of: string, file: string, { workspace, name }: CommonOptions & { readonly name: string }) => {
      const result = await host.request('study.predictions', { study: of, file, name }, workspace)
      host.print(result, resultSentences(result))
    })
}

interface ExportOptions extends CommonOptions {
  readonly atATime: number
  readonly bundle: number
  readonly out?: string
}

function addCluster(study: Command, host: Host): void {
  study
    .command('export')
    .description('write a study into a folder that a cluster works on: its tasks, Slurm scripts, a Nextflow workflow')
    .argument('<name>', 'name or id of the study; with the folder alone, the only study there is')
    .argument('[folder]', 'new folder')
    .option('--out <folder>', 'new folder, instead of the second argument')
    .option('--at-a-time <number>', 'jobs that the cluster works on at a time', wholeNumber, 20)
    .option('--bundle <number>', 'tasks that one job does, where they are short', wholeNumber, 1)
    .action(async (name: string, second: string | undefined, { workspace, out, atATime, bundle }: ExportOptions) => {
      const folder = second ?? out
      const asked =
        folder === undefined ? { study: await onlyStudy(host, workspace), folder: name } : { study: name, folder }
      const result = await host.request('study.export', { ...asked, atATime, bundle }, workspace)
      host.print(
        result,
        `${count(result.tasks, 'task')} in ${result.folder}. Fill in job.sbatch, then run submit.sh there.`
      )
    })
  study
    .command('run-task')
    .description('do one task of an exported study; its number may come from the scheduler')
    .argument('<folder>', 'exported folder')
    .option('--index <number>', 'number of the task in tasks.tsv', wholeNumber)
    .action(async (folder: string, { index }: CommonOptions & { readonly index?: number }) => {
      const result = await host.withoutWorkspace(async (environment, watcher) => {
        const { indexFrom, runExportedTask } = await import('../studies/cluster/exported-study.ts')
        const { studyMakers } = await import('../services/study-makers.ts')
        const { productVersion } = await import('../product.ts')
        const number = index ?? indexFrom(process.env)
        if (number === undefined) throw noIndex()
        return runExportedTask(folder, { index: number, program: productVersion }, studyMakers(environment), watcher)
      })
      host.print(result, result.state === 'done' ? `${result.task} is done.` : `${result.task} was done before.`)
    })
  study
    .command('collect')
    .description('take in what a cluster did; with the folder alone, write table and report there')
    .argument('<name>', 'name or id of the study, or an exported folder')
    .argument('[folder]', 'exported folder')
    .action(async (name: string, folder: string | undefined, { workspace }: CommonOptions) => {
      const result =
        folder === undefined
          ? await reportAlone(host, name)
          : await host.request('study.collect', { study: name, folder }, workspace)
      host.print(result, resultSentences(result))
    })
}

function reportAlone(host: Host, folder: string): Promise<StudyResult> {
  return host.withoutWorkspace(async () => {
    const { reportExported } = await import('../studies/cluster/exported-study.ts')
    const { productVersion } = await import('../product.ts')
    return reportExported(folder, productVersion)
  })
}

function noIndex(): AppError {
  return new AppError('usage', 'Which task? Nothing says its number.', {
    next: 'Give it with --index, or start the command as a task of an array.'
  })
}

async function onlyStudy(host: Host, workspace: string | undefined): Promise<string> {
  const { studies } = await host.request('study.list', {}, workspace)
  const [only, ...others] = studies
  if (only !== undefined && others.length === 0) return only.id
  throw refuse(only === undefined ? 'There is no study yet.' : 'There are several studies: which one is meant?', {
    next: 'cytoloom study export NAME FOLDER'
  })
}

function planSentences(result: StudyResult): string {
  const { study, outlook, notes } = result
  return [
    `"${study.name}" is planned: ${count(study.tasks, 'task')}, frozen with the question ${study.question.slice(0, 12)}.`,
    ...(outlook === undefined ? [] : outlookSentences(outlook)),
    ...notes,
    `cytoloom study run "${study.name}" does it.`
  ].join('\n')
}

function outlookSentences({
  trainings,
  generators,
  seconds,
  finish = '',
  diskBytes,
  findable = []
}: StudyOutlook): string[] {
  const time =
    seconds === undefined
      ? 'its time is known after the first task of each kind'
      : `it would take about ${roughly(seconds)}${endPhrase(seconds, finish)}`
  return [
    `${count(trainings, 'training')} of segmentation networks, ${count(generators, 'generator')}; ${time}; ${bytes(diskBytes)}.`,
    ...findable
      .filter(({ effect }) => Number.isFinite(effect))
      .map(
        ({ repeats, effect }) =>
          `With ${repeats} repeats it would find ${percent(effect)} points in four of five tries.`
      )
  ]
}

function resultSentences({ study, sentences, report, notes }: StudyResult): string {
  return [
    `"${study.name}": ${study.done} of ${count(study.tasks, 'task')} done.`,
    ...sentences,
    ...notes,
    ...(report === undefined ? [] : [`  ${report.html}`, `  ${report.csv}`])
  ].join('\n')
}
