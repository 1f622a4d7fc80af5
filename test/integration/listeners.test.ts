import { expect, test } from 'vitest'
import { tellAll } from '../../src/shared/tell-all.ts'
import { openTestApp, sampleFolder } from '../support/test-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const failing = (): never => {
  throw new Error('this page is gone')
}

test('what one listener throws is told, and costs the others nothing', () => {
  const [heard, thrown]: [string[], unknown[]] = [[], []]
  tellAll([failing, (word: string) => void heard.push(word)], 'x', (reason) => void thrown.push(reason))
  expect(heard).toEqual(['x'])
  expect(thrown).toEqual([new Error('this page is gone')])
})

test('a task comes to its end although all that hear of it throw', async () => {
  const logged: unknown[] = []
  const host = await openTestApp(await temporaryFolder(), { log: (reason) => void logged.push(reason) })
  host.app.onEvent(failing)
  const heard = new Set<string>()
  host.app.onEvent(({ event }) => void heard.add(event))
  const input = { source: sampleFolder, name: 'sample', format: 'labels' as const, maxImages: 2 }
  const { dataset } = await host.request('datasets.import', input, { progress: failing, notice: failing })
  expect(dataset.images).toBe(2)
  expect([...heard].sort()).toEqual(['task.changed', 'workspace.changed'])
  expect(logged).toContainEqual(new Error('this page is gone'))
  await host.app.close()
})
