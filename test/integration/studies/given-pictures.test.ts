import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../src/main/images/png-encode.ts'
import { dispatch } from '../../../src/main/services/dispatch.ts'
import { forLooking } from '../../../src/main/services/read-only.ts'
import type { DatasetImage } from '../../../src/shared/datasets.ts'
import { PreparedId } from '../../../src/shared/masks.ts'
import type { PlanStudyRequest } from '../../../src/shared/studies.ts'
import { SyntheticAbout } from '../../../src/shared/synthetic.ts'
import { samplePrepared, sampleRun } from '../../support/catalog-samples.ts'
import { makeDataset } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

let root: string
let images: DatasetImage[]
let host: TestApp

beforeAll(async () => {
  root = await temporaryFolder(afterAll)
  const [dataset, own] = await makeDataset(root, 40)
  images = own.map((image) => ({ ...image, pixelSize: { x: 0.5, y: 0.5 } }))
  const catalog = openCatalog(join(root, 'catalog.sqlite'))
  catalog.datasets.insert(dataset, images)
  const insertMore = async (name: string, change: (image: DatasetImage, i: number) => Partial<DatasetImage>) => {
    const [more, members] = await makeDataset(root, 6, name)
    const changed = members.map((image, i) => ({ ...image, sha256: `${name} ${i}`, ...change(image, i) }))
    catalog.datasets.insert({ ...more, name }, changed)
  }
  await insertMore('like', () => ({ pixelSize: { x: 0.51, y: 0.5 } }))
  await insertMore('stretched', (_, i) => ({ pixelSize: { x: 0.5, y: i === 5 ? 1 : 0.5 } }))
  await insertMore('flat', () => ({ class: 'flat' }))

  for (const place of ['prepared/pr1', 'prepared/pr2', 'runs/run1', 'runs/run2'])
    await mkdir(join(root, place), { recursive: true })
  const { prepared, ...report } = samplePrepared()
  const chain = { ...report, prepared: { ...prepared, dataset: 'data', scale: 1 } }
  const counts = report.totals
  const learned = (sources: readonly string[]) =>
    sources.map((source, i) => ({
      file: `${i}.png`,
      source,
      width: 32,
      height: 32,
      class: 'round',
      counts,
      split: 'train' as const
    }))
  const training = await trainingFiles()
  catalog.prepared.insert(chain, learned(training.slice(0, 7)))
  catalog.prepared.insert(
    { ...chain, prepared: { ...chain.prepared, id: PreparedId.parse('pr2'), name: 'all of it' } },
    learned(images.map(({ file }) => file))
  )
  catalog.runs.insert(sampleRun('run1', 'first'))
  catalog.runs.insert({ ...sampleRun('run2', 'all-seeing'), prepared: 'pr2' })
  for (const set of [
    { name: 'imported', cell: 8 },
    { name: 'own', cell: 8, run: 'run1' },
    { name: 'leaking', cell: 8, run: 'run2' },
    { name: 'void', cell: 0 },
    { name: 'large', cell: 16 },
    { name: 'strange', cell: 8, class: 'flat' }
  ])
    catalog.synthetic.insert(...(await putSet(set)))
  catalog.close()
  host = await openTestApp(root)
})
afterAll(() => host.app.close())

/** Those that a study of this seed learns from. */
async function trainingFiles(): Promise<string[]> {
  const { planStudy } = await import('../../../src/main/studies/plan-study.ts')
  const { PlanStudyRequest: Request } = await import('../../../src/shared/studies.ts')
  const [dataset] = await makeDataset(await temporaryFolder(afterAll), 40)
  const facts = { dataset, images, given: undefined, program: 'x', created: 'x' }
  const study = planStudy(Request.parse({ name: 'x', sizes: [2] }), facts)
  return study.images.filter(({ split }) => split === 'train').map(({ file }) => file)
}

interface Wanted {
  readonly name: string
  /** Side of its square cells, 0 for none. */
  readonly cell: number
  readonly class?: string
  readonly run?: string
}

async function putSet({ name, cell, class: of = 'round', run }: Wanted) {
  const folder = join(root, 'synthetic', name)
  const side = 32
  for (const part of ['images', 'masks']) await mkdir(join(folder, part), { recursive: true })
  const labels = new Uint16Array(side * side)
  for (let y = 0; y < cell; y++) labels.fill(1, (4 + y) * side + 4, (4 + y) * side + 4 + cell)
  const members = Array.from({ length: 4 }, (_, index) => ({
    file: `${index}.png`,
    index,
    class: of,
    width: side,
    height: side,
    cells: cell === 0 ? 0 : 1,
    removedCells: 0
  }))
  for (const { file } of members) {
    await writeFile(join(folder, 'images', file), encodeGrayPng8(new Uint8Array(side * side), side, side))
    await writeFile(join(folder, 'masks', file), encodeLabelPng16(labels, side, side))
  }
  const engine = { name: 'none', library: 'none', device: 'none', threads: 1 }
  const about = SyntheticAbout.parse({
    kind: 'synthetic',
    version: 1,
    synthetic: {
      id: name,
      name,
      created: '2026-01-01T00:00:00.000Z',
      origin: 'a package',
      ...(run === undefined ? {} : { run }),
      iteration: 0,
      seed: 0,
      truncation: 1,
      images: 4,
      cells: cell === 0 ? 0 : 4,
      classes: [{ name: of, images: 4, cells: cell === 0 ? 0 : 4 }]
    },
    images: members,
    filtered: { cells: 0, images: 0, why: {} },
    provenance: { software: 'test', run: 'none', dataset: 'none', preset: 'none', engine }
  })
  await writeFile(join(folder, 'about.json'), JSON.stringify(about))
  return [about.synthetic, about.images] as const
}

const plan = (name: string, changes: Partial<PlanStudyRequest>) =>
  host.request('study.plan', { name, data: 'cells', sizes: [2], counts: [4], arms: ['synthetic'], ...changes })

describe('pictures made before a study', () => {
  test('of another size of a pixel are refused, along either axis and in whichever image', async () => {
    await expect(plan('a', { synthetic: 'stretched' })).rejects.toThrow('A pixel of "stretched" is 0.5 × 1 µm')
    await expect(plan('like', { synthetic: 'like' })).resolves.toMatchObject({ study: { state: 'planned' } })
  })

  test('of another list of classes are refused, whether generated or imported as a data set', async () => {
    await expect(plan('b', { synthetic: 'strange' })).rejects.toThrow('"strange" has pictures of "flat"')
    await expect(plan('b', { synthetic: 'flat' })).rejects.toThrow('the real images are of long, round')
  })

  test('whose generator saw a test image are refused', async () => {
    await expect(plan('c', { synthetic: 'leaking' })).rejects.toThrow(/"all-seeing" has seen the test image/)
  })

  test('of one generator for all arms are said to leak, with what it has seen', async () => {
    const { notes } = await plan('leaks', { synthetic: 'own' })
    expect(notes.join()).toContain('it learned from 7 real images, also where an arm may see fewer')
  })

  test('from elsewhere, without cells, or with cells of another size, are taken with a warning', async () => {
    expect((await plan('imported', { synthetic: 'imported' })).notes.join()).toContain('is not known here')
    const { notes } = await plan('void', { synthetic: 'void' })
    expect(notes.join()).toContain('"void" shows almost no cells (0 in 4 pictures, 4 of them without any)')
    const large = await plan('large', { synthetic: 'large' })
    expect(large.notes.join()).toContain(
      'The typical cell of "large" covers 256 pixels, and that of the real images 64'
    )
  })
})

test('a study that was frozen is not run with another plan', async () => {
  await plan('frozen', { synthetic: 'own' })
  const asked = { data: 'cells', sizes: [2], counts: [4], arms: ['synthetic' as const], synthetic: 'own' }
  const run = (changes: object) => host.request('study.run', { study: 'frozen', plan: { ...asked, ...changes } })
  await expect(run({ repeats: 7 })).rejects.toThrow('"frozen" was frozen with another plan than this one')
  await expect(run({ smallestEffect: 0.02 })).rejects.toThrow('was frozen with another plan')
})

test('studies are seen in a workspace that cannot be written to, and not changed', async () => {
  const handlers = forLooking(host.app.handlers, root)
  const context = { signal: new AbortController().signal, progress: () => undefined }
  const ask = (name: 'study.list' | 'study.show' | 'study.report', input: object) =>
    dispatch(handlers, name, input, context, () => undefined)
  await plan('seen', { synthetic: 'own' })
  expect(await ask('study.list', {})).toHaveProperty('output.studies.0')
  expect(await ask('study.show', { study: 'seen' })).toMatchObject({ output: { study: { name: 'seen' } } })
  expect(await ask('study.report', { study: 'seen' })).toMatchObject({ error: { kind: 'input' } })
})
