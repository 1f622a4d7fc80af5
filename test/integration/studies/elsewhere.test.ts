import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FrozenPlace } from '../../../src/main/studies/run-task.ts'
import { type StudyImage } from '../../../src/shared/studies.ts'
import { makeStudied } from '../../support/made-study.ts'
import { perfectPredictions } from '../../support/perfect-predictions.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

let host: TestApp
let frozen: FrozenPlace
let folder: string
let file: string
let tested: StudyImage[]

beforeAll(async () => {
  const root = await temporaryFolder(afterAll)
  frozen = await makeStudied(root)
  host = await openTestApp(root)
  folder = await temporaryFolder(afterAll)
  tested = frozen.study.images.filter(({ split }) => split === 'test')
})
afterAll(() => host.app.close())
beforeEach(() => {
  file = join(folder, 'predictions.json')
})

const truths = (images: readonly StudyImage[]) => perfectPredictions(frozen, images)

async function take(name: string, content: unknown) {
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return host.request('study.predictions', { study: 'study', file, name })
}

describe('predictions that were made elsewhere', () => {
  test('stand in rows of their own against real images alone, and change nothing of what was frozen', async () => {
    const before = await host.request('study.report', { study: 'study' })
    const { table, sentences, study, report } = await take('Cellpose-SAM', await truths(tested))
    const own = table.cells.filter(({ arm }) => arm === 'elsewhere')
    expect(table.cells.filter(({ arm }) => arm !== 'elsewhere')).toEqual(before.table.cells)
    expect(study.question).toBe(before.study.question)
    expect(own.map(({ row, column }) => `${row}/${column}`)).toEqual([
      'Cellpose-SAM (made elsewhere)/2 images',
      'Cellpose-SAM (made elsewhere)/4 images',
      'Cellpose-SAM (made elsewhere), long/2 images',
      'Cellpose-SAM (made elsewhere), long/4 images',
      'Cellpose-SAM (made elsewhere), round/2 images',
      'Cellpose-SAM (made elsewhere), round/4 images'
    ])
    for (const { score, baseline, difference, interval } of own) {
      expect(score).toBe(1)
      expect(difference).toBeCloseTo(1 - baseline, 9)
      expect(interval?.[0]).toBeLessThan(interval?.[1] ?? 0)
    }
    expect(sentences.join()).toContain(
      'Cellpose-SAM (made elsewhere), against real images alone, with 2 images: better.'
    )
    const html = await readFile(report?.html ?? '', 'utf8')
    expect(html).toContain('predictions in predictions.json (SHA-256 ')
    expect(html).toContain('Rows that say so were made elsewhere')
    expect(await readFile(report?.csv ?? '', 'utf8')).toContain(',elsewhere,100.0000,')
    expect((await host.request('study.show', { study: 'study' })).table).toEqual(table)
    expect((await host.request('study.report', { study: 'study' })).table).toEqual(table)
  })

  test('are found by file name in a COCO file with numbers of its own, and told of where they are of other images', async () => {
    const all = frozen.study.images
    const images = all.map(({ id, file: name, width, height }) => ({
      id: 1000 + id,
      file_name: `elsewhere/${name}`,
      width,
      height
    }))
    const annotations = (await truths(all)).map((each) => ({ ...each, image_id: 1000 + each.image_id }))
    const { table, notes } = await take('StarDist', { images, annotations, categories: [{ id: 1, name: 'nucleus' }] })
    expect(table.cells.find(({ row }) => row === 'StarDist (made elsewhere)')?.score).toBe(1)
    const others = new Set(annotations.map((each) => each.image_id)).size - tested.length
    expect(notes).toContain(`Predictions for ${others} images that are not tested with were left out.`)
  })

  test('may find nothing in an image, which is said', async () => {
    const { notes } = await take('blind in one', await truths(tested.slice(1)))
    expect(notes).toContain(`In 1 of the ${tested.length} test images nothing was predicted.`)
  })

  test('are refused in a sentence where they cannot be compared, and leave nothing', async () => {
    const folders = async () =>
      existsSync(frozen.place.elsewhere) ? (await readdir(frozen.place.elsewhere)).sort() : []
    const before = await folders()
    const [one, ...rest] = await truths(tested)
    const refused = (content: unknown) => expect(take('another', content)).rejects
    await refused([{ ...one, image_id: 99_999 }, ...rest]).toThrow(
      'belongs to the image 99999, which the data set "cells" does not have'
    )
    const text = JSON.stringify([one, ...rest])
    await refused(text.replace('"score":0.9', '"score":NaN')).toThrow('has a score that is not a number')
    await refused([{ ...one, score: 'high' }]).toThrow('has a score that is not a number')
    await refused([{ ...one, segmentation: { size: [7, 7], counts: '0' } }]).toThrow('cannot be scored')
    await refused([]).toThrow(`has no prediction for any of the ${tested.length} test images`)
    const images = tested.slice(1).map(({ id, file: name, width, height }) => ({ id, file_name: name, width, height }))
    await refused({ images, annotations: rest.filter(({ image_id: id }) => id !== tested[0]?.id) }).toThrow(
      `says nothing of 1 of the ${tested.length} test images, such as ${tested[0]?.file}`
    )
    await refused('{').toThrow()
    await expect(take('cellpose-sam', [one, ...rest])).rejects.toThrow('has a row called "cellpose-sam" already')
    expect(await folders()).toEqual(before)
  })
})
