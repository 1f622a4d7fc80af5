import { type Workspace } from '../../../shared/api.ts'
import { armTitles } from '../../../shared/arm-titles.ts'
import { type PictureList } from '../../../shared/pictures.ts'
import { date, fileSize, number, percent, score } from '../../text/common.ts'
import { designTitles } from '../../text/study.ts'
import { factTitles as t, yesNo } from '../../text/thing-facts.ts'
import { type ShownThing } from '../../shown-things.ts'

/** Rows of words and numbers; the first column names what the others say. */
export interface FactTable {
  readonly title: string
  readonly head?: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What there is to count and to measure in a thing. */
export function numbersOf({ kind, id }: ShownThing, content: Workspace, pictures?: PictureList): FactTable[] {
  const of = <Item extends { readonly id: string }>(items: readonly Item[]) => items.find((each) => each.id === id)
  switch (kind) {
    case 'dataset':
      return tables(of(content.datasets), datasetNumbers)
    case 'prepared':
      return tables(of(content.prepared), versionNumbers)
    case 'run':
      return tables(of(content.runs), runNumbers)
    case 'synthetic':
      return [...tables(of(content.synthetic), setNumbers), ...healthTables(pictures)]
    case 'package':
      return tables(of(content.packages), ({ entries, bytes, sha256 }) => [
        {
          title: t.contents,
          rows: [
            [t.files, number(entries)],
            [t.size, fileSize(bytes)],
            [t.checksum, sha256]
          ]
        }
      ])
    case 'built-in':
      return tables(
        content.builtIn.find(({ name }) => name === id),
        ({ classes, tile, imagesSeen, score: { metric, value, pictures: of } }) => [
          {
            title: t.model,
            rows: [
              [t.classes, classes.join(', ')],
              [t.pictureSize, t.square(tile)],
              [t.imagesSeen, number(imagesSeen)],
              [t.score, `${score(value)} (${metric}, ${number(of)} pictures)`]
            ]
          }
        ]
      )
    case 'segmenter':
      return tables(of(content.segmenters), segmenterNumbers)
    case 'study':
      return tables(of(content.studies), ({ arms = [], repeats }) => [
        {
          title: t.study,
          rows: rows([t.arms, arms.map((arm) => armTitles[arm]).join('; ')], [t.repeats, repeats?.toString()])
        }
      ])
  }
}

/** With which answers a thing was made, by what, and from what. */
export function makingOf({ kind, id }: ShownThing, content: Workspace, pictures?: PictureList): FactTable[] {
  const of = <Item extends { readonly id: string }>(items: readonly Item[]) => items.find((each) => each.id === id)
  switch (kind) {
    case 'dataset':
      return tables(of(content.datasets), ({ source, format, created }) => [
        { title: t.imported, rows: rows([t.from, source], [t.format, format], [t.created, date(created)]) }
      ])
    case 'prepared':
      return tables(of(content.prepared), versionMaking)
    case 'run':
      return tables(of(content.runs), runMaking)
    case 'synthetic':
      return tables(of(content.synthetic), ({ origin, iteration, seed, truncation, created, source }) => [
        {
          title: t.generated,
          rows: rows(
            [t.model, origin],
            [t.rounds, number(iteration)],
            [t.seed, String(seed)],
            [t.truncation, String(truncation)],
            [t.software, pictures?.made?.software],
            [t.created, date(created)],
            [t.from, source]
          )
        }
      ])
    case 'package':
      return tables(of(content.packages), ({ created }) => [{ title: t.packed, rows: [[t.created, date(created)]] }])
    case 'built-in':
      return tables(
        content.builtIn.find(({ name }) => name === id),
        ({ trainedOn, license }) => [
          {
            title: t.learned,
            rows: [
              [t.from, trainedOn],
              [t.licence, license]
            ]
          }
        ]
      )
    case 'segmenter':
      return tables(of(content.segmenters), ({ learnedFrom, settings, created }) => [
        {
          title: t.learned,
          rows: rows(
            [t.from, learnedFrom.map(({ name, images }) => t.imagesOf(name, number(images.length))).join(', ')],
            [t.batch, String(settings.batch)],
            [t.learningRate, String(settings.learningRate)],
            [t.seed, String(settings.seed)],
            [t.created, date(created)]
          )
        }
      ])
    case 'study':
      return tables(of(content.studies), studyMaking)
  }
}

function studyMaking({ kind, question, created }: Workspace['studies'][number]): FactTable[] {
  const design = kind && designTitles[kind]
  return [{ title: t.planned, rows: rows([t.design, design], [t.question, question], [t.created, date(created)]) }]
}

function segmenterNumbers({ best, iteration, parameters }: Workspace['segmenters'][number]): FactTable[] {
  return [
    {
      title: t.model,
      rows: rows(
        [t.rounds, number(iteration)],
        [t.weights, parameters === undefined ? undefined : number(parameters)],
        [t.agreementLoose, best && percent(best.AP50)],
        [t.agreement, best && percent(best.meanAP)]
      )
    }
  ]
}

function tables<Item>(item: Item | undefined, make: (item: Item) => FactTable[]): FactTable[] {
  return item === undefined ? [] : make(item)
}

/** Those of which something is known. */
function rows(...all: readonly (readonly [string, string | undefined])[]): string[][] {
  return all.flatMap(([term, text]) => (text === undefined ? [] : [[term, text]]))
}

function datasetNumbers({ classes, images, annotated, cells }: Workspace['datasets'][number]): FactTable[] {
  const line = (name: string, ...counts: number[]) => [name, ...counts.map(number)]
  return [
    {
      title: t.classes,
      head: [t.class, t.images, t.annotated, t.cells],
      rows: [
        ...classes.map((each) => line(each.name, each.images, each.annotated, each.cells)),
        ...(classes.length > 1 ? [line(t.all, images, annotated, cells)] : [])
      ]
    },
    ...classes
      .filter(({ hours = [] }) => hours.length > 1)
      .map(({ name, hours = [] }) => ({
        title: t.overTime(name),
        head: [t.hours, t.images, t.cells],
        rows: hours.map(({ hour, images: at, cells: then }) => line(number(hour), at, then))
      }))
  ]
}

function versionNumbers({
  roundTrip: { AP, AP50, AP75 },
  grayLevels,
  classes
}: Workspace['prepared'][number]): FactTable[] {
  return [
    {
      title: t.roundTrip,
      rows: [
        [t.agreement, percent(AP)],
        [t.agreementLoose, percent(AP50)],
        [t.agreementStrict, percent(AP75)],
        [t.tones, number(grayLevels)],
        [t.classes, classes.join(', ')]
      ]
    }
  ]
}

function versionMaking({ tile, scale, channels, mask, seed, created }: Workspace['prepared'][number]): FactTable[] {
  return [
    {
      title: t.prepared,
      rows: [
        [t.tile, t.square(tile)],
        [t.scale, percent(scale)],
        [t.colour, channels === 'gray' ? t.gray : t.rgb],
        [t.cover, percent(mask.maxCover)],
        [t.tones, number(mask.grayLevels)],
        [t.seed, String(seed)],
        [t.created, date(created)]
      ]
    }
  ]
}

function runNumbers({
  iteration,
  settings,
  best,
  parameters,
  secondsPerIteration
}: Workspace['runs'][number]): FactTable[] {
  return [
    {
      title: t.model,
      rows: rows(
        [t.rounds, t.of(number(iteration), number(settings.iterations))],
        [t.score, best && t.scoreAt(score(best.value), best.metric, number(best.iteration))],
        [t.weights, parameters && t.both(number(parameters.generator), number(parameters.discriminator))],
        [t.pace, secondsPerIteration === undefined ? undefined : t.seconds(secondsPerIteration.toPrecision(2))]
      )
    }
  ]
}

function runMaking({ classes, settings, from, engine, created }: Workspace['runs'][number]): FactTable[] {
  const { preset, batch, learningRate, augmentation, network, seed } = settings
  const { ada, apa } = augmentation
  return [
    {
      title: t.learned,
      rows: rows(
        [t.preset, preset],
        [t.classes, classes.join(', ')],
        [t.pictureSize, t.square(network.resolution)],
        [t.startedFrom, from],
        [t.batch, number(batch)],
        [t.learningRate, String(learningRate.generator)],
        [t.ada, ada],
        [t.apa, yesNo(apa)],
        [t.seed, String(seed)],
        [t.engine, engine && [engine.library, engine.device].filter(Boolean).join(', ')],
        [t.created, date(created)]
      )
    }
  ]
}

function setNumbers({ classes, images, cells }: Workspace['synthetic'][number]): FactTable[] {
  const line = (name: string, pictures: number, of: number) => [name, number(pictures), number(of)]
  return [
    {
      title: t.classes,
      head: [t.class, t.pictures, t.cells],
      rows: [
        ...classes.map((each) => line(each.name, each.images, each.cells)),
        ...(classes.length > 1 ? [line(t.all, images, cells)] : [])
      ]
    }
  ]
}

function healthTables(pictures: PictureList | undefined): FactTable[] {
  const health = pictures?.health ?? []
  if (health.length === 0) return []
  const both = (real: string | undefined, made: string | undefined) => [real ?? '–', made ?? '–']
  const share = (value: number | undefined) => (value === undefined ? undefined : percent(value))
  return [
    {
      title: t.beside,
      head: [t.class, t.realCells, t.theseCells, t.realEmpty, t.theseEmpty, t.realArea, t.theseArea],
      rows: health.map(({ class: name, real, generated }) => [
        name,
        ...both(real?.cells.toFixed(1), generated.cells.toFixed(1)),
        ...both(share(real?.empty), share(generated.empty)),
        ...both(real?.medianArea?.toFixed(0), generated.medianArea?.toFixed(0))
      ])
    }
  ]
}
