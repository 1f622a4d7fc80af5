import { type CellStatistics, type ClassHealth, type MaskFit } from './set-report.ts'

/** What the masks of a set, or of a model's pictures, show beside real tiles: a sentence a class, and one on their fit. */
export function healthSentences(health: readonly ClassHealth[] = [], fit?: MaskFit): string[] {
  const classes = health.map(
    ({ class: name, generated, real }) =>
      `${name}: ${describe(generated)}${real === undefined ? '' : `; real tiles: ${describe(real)}`}.`
  )
  return fit === undefined ? classes : [...classes, fitSentence(fit)]
}

function fitSentence({ generated, real }: MaskFit): string {
  return `Mask fit ${percent(generated)} %, on real tiles ${percent(real)} %: how far masks and pictures agree on where the cells are. As high as on real tiles is as good as it gets.`
}

function describe({ empty, cells, medianArea, maskFit }: CellStatistics): string {
  return [
    `${cells.toFixed(1)} cells a picture`,
    ...(medianArea === undefined ? [] : [`of typically ${medianArea.toFixed(0)} pixels`]),
    `${percent(empty)} % without any`,
    ...(maskFit === undefined ? [] : [`mask fit ${percent(maskFit)} %`])
  ].join(', ')
}

function percent(share: number): string {
  return (100 * share).toFixed(0)
}
