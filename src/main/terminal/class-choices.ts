import { InvalidArgumentError } from 'commander'
import { type PrepareRequest } from '../../shared/masks.ts'
import { realNumber } from './numbers.ts'

export type TimePoint = NonNullable<PrepareRequest['timePoints']>[number]

/** "hela=HeLa", one more of them. */
export function calledClasses(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, old, name] = /^(.+)=(.+)$/.exec(text) ?? []
  if (old === undefined || name === undefined)
    throw new InvalidArgumentError('It must be a class and its name, such as hela=HeLa.')
  return { ...before, [old]: name }
}

/** "HeLa@24" or "HeLa@24=23", one more of them. */
export function timePoints(text: string, before: TimePoint[] = []): TimePoint[] {
  const [, name, hour, countsAs] = /^(.+)@([^@=]+)(?:=(.+))?$/.exec(text) ?? []
  if (name === undefined || hour === undefined) {
    throw new InvalidArgumentError(
      'It must be a class and an hour, such as HeLa@24, or HeLa@24=23 to count as another.'
    )
  }
  const point = { class: name, hour: realNumber(hour) }
  return [...before, countsAs === undefined ? point : { ...point, countsAs: realNumber(countsAs) }]
}
