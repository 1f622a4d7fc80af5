import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeLabelPng16 } from '../../../src/main/images/png-encode.ts'
import { readPicture } from '../../../src/main/images/read.ts'
import { encodeTiff } from '../../../src/main/images/tiff-encode.ts'
import { PreparedAbout } from '../../../src/shared/masks.ts'
import { writeSource } from '../../support/taken-source.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

const side = 40

/** A ramp of 16 bits, from `low` in steps of `step`. */
function ramp(low: number, step: number): Uint8Array {
  const data = Uint16Array.from({ length: side * side }, (_, i) => low + i * step)
  return encodeTiff({ width: side, height: side, channels: 1, bits: 16, data })
}

const labels = encodeLabelPng16(
  Uint16Array.from({ length: side * side }, (_, i) => (i % side > 4 && i % side < 12 && i > 200 && i < 900 ? 1 : 0)),
  side,
  side
)

describe('pictures of 16 bits', () => {
  let host: TestApp
  let workspace: string
  let source: string
  beforeAll(async () => {
    workspace = await temporaryFolder(afterAll)
    host = await openTestApp(workspace)
    source = await writeSource(
      {
        'images/dark.tif': ramp(100, 1),
        'images/bright.tif': ramp(20_000, 10),
        'images/broken.tif': ramp(0, 1).subarray(0, 300),
        'labels/dark.png': labels,
        'labels/bright.png': labels,
        'labels/broken.png': labels
      },
      afterAll
    )
    await host.request('datasets.import', { source, name: 'ramps' })
  })
  afterAll(() => host.app.close())

  const prepare = async (name: string, brightness: 'percentiles' | 'set' | 'full') => {
    const result = await host.request('prepared.create', { dataset: 'ramps', name, tile: 32, brightness })
    const folder = join(workspace, 'prepared', result.prepared.id)
    const about = PreparedAbout.parse(JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')))
    const pixels = Object.fromEntries(
      await Promise.all(
        about.images.map(async ({ file, source: name }) => [
          name,
          (await readPicture(join(folder, 'images', file))).data
        ])
      )
    ) as Record<string, Uint8Array>
    return { result, about, pixels }
  }

  test('are looked at before they are taken: values, cells, problems, and nothing written', async () => {
    const before = (await readdir(join(workspace, 'datasets'))).sort()
    const look = await host.request('datasets.inspect', { source })
    expect(look).toMatchObject({
      format: 'labels',
      totals: { files: 3, usable: 2, annotated: 2, cells: 2 }
    })
    const files = Object.fromEntries(look.files.map((file) => [file.file, file]))
    expect(files['dark.tif']).toMatchObject({ width: side, height: side, channels: 1, bits: 16, cells: 1 })
    expect(files['dark.tif']?.ranges).toEqual([{ low: 100 + 15.99, high: 100 + 1595.802 }])
    expect(files['broken.tif']?.problem).toMatch(/broken\.tif cannot be read/)
    expect(look.corrections.map(({ option }) => option)).toEqual(expect.arrayContaining(['format', 'channels', 'axes']))
    expect((await readdir(join(workspace, 'datasets'))).sort()).toEqual(before)
  })

  test('keep their ranges in the catalogue', async () => {
    const { images } = await host.request('datasets.show', { name: 'ramps' })
    expect(images.map(({ file, ranges }) => [file, ranges?.length])).toEqual([
      ['bright.tif', 1],
      ['dark.tif', 1]
    ])
  })

  test('come to 8 bits each by itself, and what was done is recorded', async () => {
    const { result, about, pixels } = await prepare('each', 'percentiles')
    expect(result.brightness).toMatchObject({ rule: 'percentiles', images: 2 })
    expect(pixels['dark.tif']).toEqual(pixels['bright.tif'])
    for (const { ranges } of about.images) expect(ranges).toHaveLength(1)
    expect(about.images[0]?.ranges).not.toEqual(about.images[1]?.ranges)
  })

  test('come to 8 bits by one range for all, and stay as different as they were', async () => {
    const { result, about, pixels } = await prepare('together', 'set')
    expect(result.brightness?.rule).toBe('set')
    expect(about.images[0]?.ranges).toEqual(about.images[1]?.ranges)
    const [{ low, high } = { low: 0, high: 1 }] = about.images[0]?.ranges ?? []
    expect(pixels['bright.tif']?.[800]).toBe(Math.round(((28_000 - low) * 255) / (high - low)))
    expect(Math.max(...(pixels['dark.tif'] ?? []))).toBeLessThan(12)
  })

  test('come to 8 bits by the whole range', async () => {
    const { about, pixels } = await prepare('whole', 'full')
    expect(about.images[0]?.ranges).toEqual([{ low: 0, high: 65535 }])
    expect(pixels['bright.tif']?.[0]).toBe(Math.round((20_000 * 255) / 65535))
  })
})
