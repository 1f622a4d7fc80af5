import { armTitles } from '../../../shared/arm-titles.ts'
import type { FrozenStudy } from '../../../shared/studies.ts'
import { percent } from '../../study/answer.ts'

/** A paragraph that a paper can take over. */
export function methodsParagraph(study: FrozenStudy, hash: string): string {
  const { images, repeats, segmentation, convention, metric } = study
  const of = (split: string): number => images.filter((image) => image.split === split).length
  const wells = new Set(images.map(({ well }) => well)).size
  const arms = [...new Set(study.columns.flatMap((column) => column.arms))].map((arm) => armTitles[arm].toLowerCase())
  const ap =
    metric === 'F1'
      ? 'F1 at an IoU of 0.5 over cells with a score of at least 0.5'
      : `COCO's ${metric} of instance masks (${convention === 'livecell' ? "LIVECell's convention, up to 2,000 detections an image" : "COCO's convention, up to 100 detections an image"})`
  return [
    `From the data set "${study.dataset.name}" ${of('train')} images could be trained on, ${of('validation')} chose checkpoints and ${of('test')} were tested with; images of one well (${wells} in all) were never parted.`,
    `Arms: ${arms.join('; ')}.`,
    `Each arm was repeated over ${count(repeats.draws, 'draw')} of the real images, nested, so that smaller shares are part of larger ones, ${generators(study)} and ${count(repeats.seeds, 'seed')} of the segmentation network.`,
    `The segmentation network, a residual U-Net with flows and cell probability of ${segmentation.width} width, was trained for ${segmentation.iterations.toLocaleString('en')} iterations of batch ${segmentation.batch} on crops of ${segmentation.crop} pixels in every arm, from the same weights for the same seed; its checkpoint was chosen on real validation images alone.`,
    ...generation(study),
    `Scores are ${ap}. Differences are paired over repeats and test images. Intervals (95 %) are from a hierarchical bootstrap of ${study.resamples.toLocaleString('en')} resamples over wells, images, draws, generators and seeds, widened for few units by Student's t with Satterthwaite's degrees of freedom; p-values from sign flips of independent repeats, adjusted by Holm over the table.`,
    `The question, arms, score, repeats, the smallest effect of interest (${percent(study.smallestEffect)} points) and the stopping rule were frozen before the first arm (SHA-256 ${hash}).`
  ].join(' ')
}

function generators({ given, generation, repeats }: FrozenStudy): string {
  if (given !== undefined) return `one set of pictures made before the study ("${given.name}")`
  return generation === undefined ? 'no generator' : count(repeats.generators, 'generator')
}

function generation({ generation: plan, given }: FrozenStudy): string[] {
  if (given !== undefined) return [given.leaks]
  if (plan === undefined) return []
  return [
    `Each generator was trained from nothing on the real images of its own share alone, ${plan.iterations.toLocaleString('en')} iterations on tiles of ${plan.tile} pixels at the pixel size of the images, its checkpoint chosen on these as well, and made ${plan.images.toLocaleString('en')} annotated pictures; they are ${percent(0.5).replace('.00', '')} % of each batch where they are used.`
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
