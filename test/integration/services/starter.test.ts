import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StarterCard } from '../../../src/shared/starter.ts'
import { openTestApp, sampleFolder } from '../../support/test-app.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const folder = join(import.meta.dirname, '../../../resources/starter')

test('the built-in model knows the classes of the bundled sample, and fits into 8 MB', async () => {
  const { classes } = StarterCard.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
  expect(classes).toEqual((await readdir(join(sampleFolder, 'images'))).sort())

  const files = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8e6)
})

test('the built-in model makes pictures of both classes with nuclei in many of them, in an empty workspace', async () => {
  const host = await openTestApp(await temporaryFolder())
  const { synthetic, health, maskFit } = await host.request('synthetic.generate', {
    run: 'starter',
    name: 'first',
    perClass: 12,
    seed: 3,
    engine: 'wasm'
  })
  expect(synthetic.images).toBe(24)
  expect(synthetic.cells).toBeGreaterThan(12)
  // Its card knows what its training tiles were like, so that its pictures can be compared without them.
  expect(health?.map(({ class: name, real }) => [name, real?.pictures])).toEqual([
    ['fluorescence', 200],
    ['stained', 200]
  ])
  expect(maskFit?.real).toBeGreaterThan(0.6)
  await host.app.close()
})
