import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressOf, routeAt } from '../../../../src/renderer/router.ts'

test('every address in the window’s menus and notices is one of the page', () => {
  const host = join(import.meta.dirname, '../../../../src/main/electron')
  const text = readdirSync(host)
    .map((file) => readFileSync(join(host, file), 'utf8'))
    .join('\n')
  const addresses = [...text.matchAll(/['`](#\/[^'`?]*)/g)].flatMap(([, address]) => address ?? [])
  expect(addresses).toEqual(expect.arrayContaining(['#/images/new', '#/packages/new', '#/settings', '#/work', '#/']))
  for (const address of addresses.filter((each) => !each.includes('…'))) {
    expect(addressOf(routeAt(address))).toBe(address)
  }
})
