import { type Forecast } from '../../../shared/previews.ts'
import { imagesWords } from '../../text/images.ts'
import { type ImagesAnswers } from './images-answers.ts'

export type KindRow = Forecast['classes'][number]

/** Rows of the matrix that were chosen: kinds by their names, time points by kind and hour. */
export interface ChosenRows {
  readonly kinds: readonly string[]
  readonly times: readonly { readonly kind: string; readonly hour: number }[]
}

/** What is left out when these rows are. */
export function withoutRows(answers: ImagesAnswers, rows: readonly KindRow[], chosen: ChosenRows): ImagesAnswers {
  const kinds = rows.filter(({ name }) => chosen.kinds.includes(name)).flatMap((row) => row.of)
  return {
    leaveOut: [...(answers.leaveOut ?? []), ...kinds],
    timePoints: pointsWith(answers, rows, chosen.times, () => undefined)
  }
}

/** Chosen kinds become one, called as the first of them; chosen time points of a kind count as their first. */
export function asOne(answers: ImagesAnswers, rows: readonly KindRow[], chosen: ChosenRows): ImagesAnswers {
  const [first, ...others] = rows.filter(({ name }) => chosen.kinds.includes(name))
  const called = others.length === 0 ? [] : [first, ...others].flatMap((row) => row?.of ?? [])
  const firstHour = (kind: string): number =>
    Math.min(...chosen.times.filter((time) => time.kind === kind).map(({ hour }) => hour))
  return {
    callClasses: { ...answers.callClasses, ...Object.fromEntries(called.map((name) => [name, first?.name ?? name])) },
    timePoints: pointsWith(answers, rows, chosen.times, firstHour)
  }
}

type TimePoint = NonNullable<ImagesAnswers['timePoints']>[number]

/** With what time points are made of before: one that others count as takes them along. */
function pointsWith(
  { timePoints = [] }: ImagesAnswers,
  rows: readonly KindRow[],
  times: ChosenRows['times'],
  countsAs: (kind: string) => number | undefined
): TimePoint[] {
  const changed = times.flatMap(({ kind, hour }) => {
    const target = countsAs(kind)
    return (rows.find(({ name }) => name === kind)?.of ?? []).flatMap((name) =>
      [
        hour,
        ...timePoints.filter((point) => point.class === name && point.countsAs === hour).map((point) => point.hour)
      ]
        .filter((each) => each !== target)
        .map((each) => ({ class: name, hour: each, ...(target !== undefined && { countsAs: target }) }))
    )
  })
  const isChanged = (point: TimePoint): boolean =>
    changed.some((other) => other.class === point.class && other.hour === point.hour)
  return [...timePoints.filter((point) => !isChanged(point)), ...changed]
}

interface Undo {
  readonly label: string
  readonly changes: ImagesAnswers
}

/** What takes back what was left out or taken as one, one by one. */
export function undosOf({ leaveOut = [], callClasses = {}, timePoints = [] }: ImagesAnswers): Undo[] {
  const words = imagesWords.classes
  const names = Map.groupBy(Object.entries(callClasses), ([, name]) => name)
  const points = Map.groupBy(timePoints, (point) => point.class)
  const others = (name: string, isOut: boolean): TimePoint[] =>
    timePoints.filter((point) => point.class !== name || (point.countsAs === undefined) !== isOut)
  return [
    ...leaveOut.map((name) => ({
      label: words.takeBack(name),
      changes: { leaveOut: leaveOut.filter((each) => each !== name) }
    })),
    ...[...names].map(([name, members]) => ({
      label: words.apart(members.map(([old]) => old).join(', ')),
      changes: { callClasses: Object.fromEntries(Object.entries(callClasses).filter(([, other]) => other !== name)) }
    })),
    ...[...points].flatMap(([name, own]) => {
      const out = own.filter((point) => point.countsAs === undefined).length
      return [
        ...(out > 0 ? [{ label: words.takeBackTimes(out, name), changes: { timePoints: others(name, true) } }] : []),
        ...(out < own.length ? [{ label: words.timesApart(name), changes: { timePoints: others(name, false) } }] : [])
      ]
    })
  ]
}
