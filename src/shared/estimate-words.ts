import { type Estimate, type MemoryOutlook, type WayToFit } from './estimates.ts'

const dates = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit'
})

/** What an estimate says, as sentences for a person: whether it fits and why, time, room, what to know of the numbers. */
export function estimateSentences(estimate: Estimate): string[] {
  const { seconds, finish, fits, diskBytes, diskFreeBytes, memory, secondsPerIteration, iterations, notes } = estimate
  const pace =
    secondsPerIteration === undefined || iterations === undefined
      ? []
      : [`${iterations.toLocaleString('en-GB')} iterations at ${pacePhrase(secondsPerIteration)} each.`]
  return [
    fits
      ? `It would take about ${roughly(seconds)}${endPhrase(seconds, finish)}.`
      : 'It does not fit on this computer.',
    ...(fits ? pace : []),
    ...studySentences(estimate),
    ...(memory === undefined ? [] : [memorySentence(memory)]),
    `It takes up to ${size(diskBytes)} on the disk, where ${size(diskFreeBytes)} is free.`,
    ...notes
  ]
}

function studySentences({ trainings, generators = 0, findable = [] }: Estimate): string[] {
  if (trainings === undefined) return []
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
  return [
    `It trains ${count(trainings, 'segmentation network')} and ${count(generators, 'generator')}.`,
    ...findable.map(
      ({ repeats, effect }) =>
        `With ${repeats} repeats it would find ${(100 * effect).toFixed(2)} points in four of five tries.`
    )
  ]
}

/** What would make it fit, and when it would end then; the remedy itself is for each host to word. */
export function waySentence({ engine, tile, seconds, finish }: WayToFit): string {
  const change = engine === undefined ? `With tiles of ${tile ?? 0} pixels` : 'With the processor pack'
  return `${change} it would fit and take about ${roughly(seconds)}${endPhrase(seconds, finish)}.`
}

/** "40 seconds", "12 minutes", "3.5 hours", "12 days": as precise as an estimate is. */
export function roughly(seconds: number): string {
  if (seconds < 1.5) return 'a second'
  if (seconds < 90) return `${Math.round(seconds)} seconds`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`
  if (seconds < 10 * 3600) return `${(seconds / 3600).toFixed(1).replace(/\.0$/, '')} hours`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} hours`
  return `${Math.round(seconds / 86_400).toLocaleString('en-GB')} days`
}

/** " and end on Sunday 29 November at 02:10"; of short work nobody asks. */
export function endPhrase(seconds: number, finish: string): string {
  if (seconds < 600) return ''
  const year = seconds > 300 * 86_400 ? ` ${new Date(finish).getFullYear()}` : ''
  return ` and end on ${dates.format(new Date(finish))}${year}`
}

function pacePhrase(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} seconds` : `${Math.round(seconds)} seconds`
}

function memorySentence({ neededBytes, availableBytes }: MemoryOutlook): string {
  return `It needs about ${size(neededBytes)} of memory; ${size(availableBytes)} is available.`
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}
