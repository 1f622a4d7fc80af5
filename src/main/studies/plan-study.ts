import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import type { Remedy } from '../../shared/remedies.ts'
import type { ArmName, FrozenStudy, GivenPictures, PlanStudyRequest, StudyColumn } from '../../shared/studies.ts'
import { drawOrder } from '../study/deal-images.ts'
import { usesPictures } from '../study/study-tasks.ts'
import { chooseStudyImages } from './study-images.ts'
import { generationPlan, segmentationPlan } from './training-plans.ts'

export interface StudyFacts {
  readonly dataset: Dataset
  readonly images: readonly DatasetImage[]
  readonly given: GivenPictures | undefined
  readonly program: string
  readonly created: string
}

/**
 * All that decides what comes of a study, from what was asked and what there is.
 *
 * @throws AppError of kind `input` for what cannot be compared honestly
 */
export function planStudy(request: PlanStudyRequest, facts: StudyFacts): FrozenStudy {
  const { dataset, images, given, program, created } = facts
  const chosen = chooseStudyImages(dataset, images, request)
  const training = chosen.images.filter(({ split }) => split === 'train')
  const { columns, notes } = chooseColumns(request, training.length)
  const repeats = repeatsOf(request, columns, given)
  const balance = request.design === 'few-images' ? 'classes' : 'shares'
  const order = Array.from({ length: repeats.draws }, (_, draw) =>
    drawOrder(training, balance, { seed: request.seed, draw })
  )
  requireRoom(request, columns, training.length)
  const pictures = Math.max(0, ...columns.map(({ synthetic }) => synthetic))
  const needsGenerator = given === undefined && columns.some(({ arms }) => arms.some(usesPictures))
  if (given !== undefined && given.images < pictures) throw tooFewGiven(given, pictures)
  return {
    version: 1,
    program,
    created,
    name: request.name,
    question: request.question ?? usualQuestion(request),
    design: request.design,
    metric: request.metric,
    convention: request.convention,
    smallestEffect: request.smallestEffect,
    stoppingRule:
      'Every arm is repeated as often as written here; nothing is looked at before, and nothing is added after.',
    confidence: 0.95,
    resamples: request.preset === 'small' ? 1000 : 2000,
    seed: request.seed,
    engine: request.engine,
    dataset: { id: dataset.id, name: dataset.name },
    ...(given === undefined ? {} : { given }),
    ...chosen,
    columns,
    order,
    moreImages: moreOf(request),
    repeats,
    segmentation: segmentationPlan(request, training),
    ...(needsGenerator ? { generation: generationPlan(request, training, pictures) } : {}),
    notes: [...chosen.notes, ...notes, ...notesOf(given)]
  }
}

function notesOf(given: GivenPictures | undefined): string[] {
  return given === undefined ? [] : [given.leaks, ...(given.doubts ?? [])]
}

function usualQuestion({ design, metric, smallestEffect }: PlanStudyRequest): string {
  const few = design === 'few-images' ? ' from a few annotated images' : ''
  return `Does training with synthetic images change the ${metric} of a segmentation network that learns${few}, by ${(100 * smallestEffect).toFixed(1)} points or more?`
}

interface Columns {
  readonly columns: StudyColumn[]
  readonly notes: readonly string[]
}

function chooseColumns(request: PlanStudyRequest, images: number): Columns {
  switch (request.design) {
    case 'table2':
      return addedPictures(request, images)
    case 'table3':
    case 'table4':
      return sharesOfImages(request, images)
    case 'few-images':
      return fewImages(request, images)
  }
}

/** Synthetic images in the small preset. */
const fewPictures = 64

/** Table 2: all real images, and more and more synthetic ones; in the small preset as the paper has them to one another. */
function addedPictures({ counts, arms = ['synthetic'], preset }: PlanStudyRequest, images: number): Columns {
  const few = Math.min(images, fewPictures)
  const usual = preset === 'small' ? [Math.ceil(few / 2), few, 2 * few] : [1600, 3200, 6400]
  const wanted = [...new Set(counts ?? usual)].sort((a, b) => a - b)
  return {
    columns: [
      { name: 'Real images', images, synthetic: 0, arms: ['real'] },
      ...wanted.map((synthetic) => ({
        name: `+ ${synthetic.toLocaleString('en')}`,
        images,
        synthetic,
        arms: withoutBaseline(arms)
      }))
    ],
    notes: []
  }
}

/** Tables 3 and 4: shares of the real images, with and without synthetic ones. */
function sharesOfImages(request: PlanStudyRequest, images: number): Columns {
  const { shares, counts, arms = ['synthetic'], preset } = request
  const wanted = [...new Set(shares ?? (preset === 'small' ? [50, 100] : [25, 50, 75, 100]))].sort((a, b) => a - b)
  const columns = wanted.map((share) => {
    const count = Math.round((share / 100) * images)
    const synthetic = counts?.[0] ?? (preset === 'small' ? Math.min(2 * images, fewPictures) : 3200)
    return { name: `${share}%`, images: count, share, synthetic, arms: withBaseline(arms) }
  })
  const lost = columns.find(({ images: count }, i) => count < 1 || count === columns[i - 1]?.images)
  if (lost === undefined) return { columns, notes: [] }
  throw refuse(
    `${lost.name} of ${images} training images is ${lost.images === 0 ? 'less than one' : 'no more than a smaller share'}: there are too few images for this share.`,
    {
      next: 'Choose other shares, or add images.',
      remedies: [
        setTo(
          'shares',
          wanted.filter((share) => share !== lost.share)
        )
      ]
    }
  )
}

/** To those of the wanted ones that are possible. */
function setTo(option: 'sizes' | 'shares', possible: readonly number[]): Remedy {
  return { action: 'set-option', option, ...(possible.length === 0 ? {} : { value: possible.join(',') }) }
}

const largeSet = 200

function fewImages(request: PlanStudyRequest, images: number): Columns {
  const { sizes, shares, counts, arms = usualArms, preset } = request
  const isSmall = preset === 'small'
  const wanted = wantedFew(request, images)
  const tooMany = wanted.filter(({ size }) => size > images || size < 1)
  const left = tooMany.map(({ size }) => size).join(', ')
  if (left !== '' && (sizes !== undefined || shares !== undefined)) {
    throw refuse(`There are ${images} training images: ${left} cannot be drawn from them.`, {
      next: 'Choose fewer, or add images.',
      remedies: [
        setTo(
          'sizes',
          wanted.flatMap(({ size, share }) => (size <= images && share === undefined ? [size] : []))
        )
      ]
    })
  }
  const columns = wanted
    .filter((each) => !tooMany.includes(each))
    .map((each) => ({
      name: nameOf(each),
      images: each.size,
      ...(each.share === undefined ? {} : { share: each.share }),
      synthetic: counts?.[0] ?? (isSmall ? 32 : 200),
      arms: withBaseline(arms)
    }))
  return {
    columns,
    notes: left === '' ? [] : [`With ${images} training images, ${left} cannot be drawn and are left out.`]
  }
}

const usualArms: ArmName[] = ['copy-paste', 'synthetic', 'synthetic-shuffled-masks']

/** Each number of images once, the smallest first. */
function wantedFew({ sizes, shares, preset }: PlanStudyRequest, images: number): Few[] {
  const isSmall = preset === 'small'
  const few = sizes ?? (isSmall ? [2, 5] : [1, 2, 5, 10, 20])
  const isLarge = sizes === undefined && !isSmall && images >= largeSet
  const parts = shares ?? (isLarge ? [1, 2, 5] : [])
  const all: Few[] = [
    ...few.map((size) => ({ size })),
    ...parts.map((share) => ({ share, size: Math.round((share / 100) * images) }))
  ]
  return [...new Map(all.map((each) => [each.size, each])).values()].sort((a, b) => a.size - b.size)
}

interface Few {
  readonly size: number
  readonly share?: number
}

function nameOf({ size, share }: Few): string {
  const few = size === 1 ? '1 image' : `${size} images`
  return share === undefined ? few : `${share}% (${few})`
}

function withBaseline(arms: readonly ArmName[]): ArmName[] {
  return ['real', ...withoutBaseline(arms)]
}

function withoutBaseline(arms: readonly ArmName[]): ArmName[] {
  return [...new Set(arms.filter((arm) => arm !== 'real'))]
}

function repeatsOf(
  request: PlanStudyRequest,
  columns: readonly StudyColumn[],
  given: GivenPictures | undefined
): FrozenStudy['repeats'] {
  const { draws, generators, repeats } = request
  const usual = usualRepeats[request.design === 'few-images' ? 'few' : 'shares'][request.preset]
  const hasGenerators = given === undefined && columns.some(({ arms }) => arms.some(usesPictures))
  return {
    draws: draws ?? usual.draws,
    generators: hasGenerators ? (generators ?? usual.generators) : 1,
    seeds: repeats ?? usual.seeds
  }
}

/** Where images are few, which ones they are is most of chance. */
const usualRepeats = {
  few: { full: { draws: 3, generators: 2, seeds: 5 }, small: { draws: 3, generators: 1, seeds: 1 } },
  shares: { full: { draws: 1, generators: 2, seeds: 5 }, small: { draws: 1, generators: 1, seeds: 3 } }
}

function moreOf({ moreImages, preset }: PlanStudyRequest): number {
  return moreImages ?? (preset === 'small' ? 2 : 5)
}

/** @throws AppError of kind `input` where an arm needs more images than there are */
function requireRoom(request: PlanStudyRequest, columns: readonly StudyColumn[], images: number): void {
  const beyond = columns.find((column) => column.arms.includes('more-real') && column.images + moreOf(request) > images)
  if (beyond === undefined) return
  const left = images - Math.max(...columns.map((column) => column.images))
  throw refuse(`${beyond.name} and ${moreOf(request)} more are more than the ${images} training images.`, {
    next: 'Choose fewer, or leave out the arm with more real images.',
    remedies: [{ action: 'set-option', option: 'moreImages', ...(left > 0 ? { value: left } : {}) }]
  })
}

function tooFewGiven({ name, images }: GivenPictures, wanted: number) {
  return refuse(`"${name}" has ${images} pictures, and the study would train with ${wanted}.`, {
    next: 'Choose fewer, or make a larger set.',
    remedies: [{ action: 'set-option', option: 'counts', value: images }]
  })
}
