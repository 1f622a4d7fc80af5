import { type Command, Option } from 'commander'
import { type EvaluationResult, InceptionResize } from '../../shared/evaluation.ts'
import { healthSentences } from '../../shared/health-words.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { scoreText } from '../../shared/score-text.ts'
import { ScoreRequest, type ScoreResult } from '../../shared/scores.ts'
import { type ScoreAnchors } from '../../shared/training.ts'
import { type CommonOptions, engineOption, type Host, seedOption } from './host.ts'
import { count, percent, wholeNumber } from './numbers.ts'

/** evaluate, score */
export function addScoreCommands(program: Command, host: Host): void {
  addEvaluate(program, host)
  addScore(program, host)
}

interface EvaluateOptions extends CommonOptions {
  readonly engine: EngineRequest
  readonly checkpoint?: number
  readonly count?: number
  readonly features: string
  readonly resize: InceptionResize
  readonly anyWeights?: boolean
  readonly seed: number
}

function addEvaluate(program: Command, host: Host): void {
  program
    .command('evaluate')
    .description("measure the quality of a run's pictures, per class and on average, and whether they copy real ones")
    .argument('<run>', 'name or id')
    .option('--checkpoint <iteration>', 'safe point to evaluate (default: the best)', wholeNumber)
    .option('--count <number>', 'number of real pictures, and of as many synthetic ones', wholeNumber)
    .option('--features <network>', 'network to compare by: effnet, or inception:FILE for FID and KID', 'effnet')
    .addOption(
      new Option('--resize <variant>', 'how pictures are resized for Inception')
        .choices(InceptionResize.options)
        .default('tf1')
    )
    .option('--any-weights', 'allow weights other than the published ones; the result is then not called FID')
    .addOption(seedOption())
    .addOption(engineOption())
    .action(async (run: string, { workspace, json: _, ...options }: EvaluateOptions) => {
      const result = await host.request('runs.evaluate', { run, ...options }, workspace)
      host.print(result, evaluationSentences(result))
    })
}

function evaluationSentences(result: EvaluationResult): string {
  const { features, iteration, metrics, mean, anchors, memorization, notes, health, maskFit } = result
  const how = features.resize === undefined ? '' : `, resized by ${features.resize}`
  const lines = metrics.flatMap((metric) => [
    `  ${metric.class}: ${metric.frechet.toFixed(1)}, ${features.kernelName} ${metric.kernel.toFixed(4)} ± ${metric.kernelSd.toFixed(4)} (${metric.real} real, ${metric.fake} synthetic)`,
    ...(metric.note === undefined ? [] : [`    ${metric.note}`])
  ])
  const { share, expected, nearest, picture } = memorization
  const [first] = nearest
  const near =
    share === undefined
      ? 'All real tiles are of one image: copies cannot be detected.'
      : `${percent(share)} % of the synthetic pictures are suspiciously close to a real tile (${percent(expected)} % would be expected).`
  return [
    ...cellSentences(result),
    `${features.name}, lower is better: ${mean.frechet.toFixed(1)} at iteration ${iteration}${anchorWords(anchors?.frechet)} (${features.network}${how}).`,
    ...lines,
    `${features.kernelName}, lower is better: ${mean.kernel.toFixed(4)}.`,
    `Fidelity: precision ${percent(mean.precision)} %, density ${mean.density.toFixed(2)}. Diversity: recall ${percent(mean.recall)} %, coverage ${percent(mean.coverage)} %.`,
    ...healthSentences(health, maskFit),
    near,
    ...(first === undefined
      ? []
      : [`The nearest pair: picture ${first.number} and ${first.tile.image} at ${first.tile.x}, ${first.tile.y}.`]),
    `  ${picture}`,
    ...notes
  ].join('\n')
}

/** The cell distance, where there is one. */
function cellSentences({ mean, metrics, anchors, cellsFrom }: EvaluationResult): string[] {
  if (mean.cellDistance === undefined) return []
  const found =
    cellsFrom === 'brightness' ? '; the model makes no masks, so cells are what is as bright as real ones' : ''
  const classes = metrics.flatMap(({ class: name, cellDistance }) =>
    cellDistance === undefined ? [] : [`${name} ${scoreText(cellDistance)}`]
  )
  return [
    `Cell distance, lower is better: ${scoreText(mean.cellDistance)}${anchorWords(anchors?.cellDistance)}${found}.`,
    `  ${classes.join(', ')}`
  ]
}

function anchorWords(anchors: ScoreAnchors | undefined): string {
  if (anchors === undefined) return ''
  const real = anchors.real === undefined ? '' : `halves of the real pictures get ${scoreText(anchors.real)}, `
  return `; ${real}empty pictures ${scoreText(anchors.empty)}`
}

interface ScoreOptions extends CommonOptions {
  readonly truth: string
  readonly predictions: string
  readonly convention: ScoreRequest['convention']
}

function addScore(program: Command, host: Host): void {
  program
    .command('score')
    .description('compare predicted cells with true ones: COCO evaluation of any two files, and microscopy scores')
    .requiredOption('--truth <file>', 'COCO file with the true cells')
    .requiredOption('--predictions <file>', 'list of COCO results, or COCO file')
    .addOption(
      new Option('--convention <name>', "limits of COCO, or of LIVECell's benchmark")
        .choices(ScoreRequest.shape.convention.unwrap().options)
        .default('coco')
    )
    .action(async ({ truth, predictions, convention, workspace }: ScoreOptions) => {
      const result = await host.request('scores.files', { truth, predictions, convention }, workspace)
      host.print(result, scoreSentences(result))
    })
}

function scoreSentences(result: ScoreResult): string {
  const { stats, microscopy, maxDetections } = result
  // COCO says −1 where there is nothing to be found.
  const share = (value: number) => (value < 0 ? 'none' : percent(value))
  const recalls = stats.AR.map((value, i) => `${share(value)} at ${(maxDetections[i] ?? 0).toLocaleString('en')}`)
  return [
    `${count(result.truths, 'true cell')} and ${count(result.predictions, 'predicted cell')} in ${count(result.images, 'image')}, in percent:`,
    `  COCO (${result.convention}): AP ${share(stats.AP)}, AP50 ${share(stats.AP50)}, AP75 ${share(stats.AP75)}; small ${share(stats.APs)}, medium ${share(stats.APm)}, large ${share(stats.APl)}`,
    `  Recall: ${recalls.join(', ')}; small ${share(stats.ARs)}, medium ${share(stats.ARm)}, large ${share(stats.ARl)}`,
    `  At IoU 0.5: F1 ${percent(microscopy.F1)}, TP/(TP+FP+FN) ${percent(microscopy.AP50)}, panoptic quality ${percent(microscopy.PQ)}, aggregated Jaccard ${percent(microscopy.AJI)}`,
    ...result.notes
  ].join('\n')
}
