import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPreparedTiles, type TileRequest } from '../../../src/main/datasets/prepared-tiles.ts'
import { TileFeeder } from '../../../src/main/engine-process/tile-feeder.ts'
import { presetSettings } from '../../../src/shared/presets.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, sampleFolder } from '../../support/test-app.ts'

let request: TileRequest

beforeAll(async () => {
  const workspace = await temporaryFolder(afterAll)
  const host = await openTestApp(workspace)
  await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
  const { prepared } = await host.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 32, scale: 0.5 })
  const shape = { resolution: 32, imageChannels: 1, classes: prepared.classes.length } as const
  request = {
    preparedFolder: join(workspace, 'prepared', prepared.id),
    settings: { ...presetSettings('demo', shape, 0), batch: 64 },
    classes: prepared.classes
  }
  await host.app.close()
})

/** An engine computes without giving way to anything on its thread. */
function compute(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

test('the batches of a feeder are those of the source, in any order that a run asks for them', async () => {
  const tiles = await openPreparedTiles(request)
  const feeder = new TileFeeder(request)
  for (const iteration of [0, 1, 2, 7, 3]) {
    expect(await feeder.batch(iteration)).toEqual(await tiles.batch(iteration, request.settings.batch))
  }
  await feeder.close()
  expect(await readdir(join(request.preparedFolder, 'packed'))).toHaveLength(1)
})

test('a batch lies ready when a step ends, though the step never gave way', async () => {
  const feeder = new TileFeeder(request)
  await feeder.batch(0)
  const waits: number[] = []
  for (let iteration = 1; iteration <= 8; iteration++) {
    compute(150)
    const started = performance.now()
    await feeder.batch(iteration)
    waits.push(performance.now() - started)
  }
  await feeder.close()
  expect(waits.toSorted((a, b) => a - b)[4]).toBeLessThan(15)
})

test('what cannot be read is told to whoever asks for the batch', async () => {
  const feeder = new TileFeeder({ ...request, preparedFolder: join(request.preparedFolder, 'nowhere') })
  await expect(feeder.batch(0)).rejects.toThrow(/is not there/)
  await feeder.close()
})
