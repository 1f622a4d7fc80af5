import { describe, expect, test } from 'vitest'
import { addressOf, addressOfThing, type Route, routeAt } from '../../../src/renderer/router.ts'

const routes: [string, Route][] = [
  ['#/', { section: 'home' }],
  ['#/images', { section: 'images' }],
  ['#/images/new', { section: 'images', task: 'new' }],
  ['#/images/d-1', { section: 'images', id: 'd-1' }],
  ['#/images/d-1/versions/p-1', { section: 'images', id: 'd-1', version: 'p-1' }],
  ['#/models/r-1/live', { section: 'models', id: 'r-1', task: 'live' }],
  ['#/models/new?version=p-1', { section: 'models', task: 'new', query: { version: 'p-1' } }],
  ['#/work', { section: 'work' }]
]

describe('An address of the page', () => {
  test.each(routes)('%s is read as the place that it was made for', (address, route) => {
    expect(routeAt(address)).toEqual(route)
    expect(addressOf(route)).toBe(address)
  })

  test.each(['', '#', '#/home', '#/nowhere', '#/%ff'])('that names no place leads home (%s)', (address) => {
    expect(routeAt(address)).toEqual({ section: 'home' })
  })

  test('carries answers with any characters', () => {
    const route: Route = { section: 'packages', task: 'new', query: { set: 'a&b=c?' } }
    expect(routeAt(addressOf(route))).toEqual(route)
  })

  test('of a version is below its image set, of other things below their section', () => {
    expect(addressOfThing('prepared', 'p-1', 'd-1')).toBe('#/images/d-1/versions/p-1')
    expect(addressOfThing('run', 'r-1')).toBe('#/models/r-1')
    expect(addressOfThing('synthetic', 's-1')).toBe('#/sets/s-1')
  })
})
