import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StarterCard } from '../../../src/shared/starter.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

const onBoard = join(import.meta.dirname, '../../../resources/starter')

describe('built-in models', () => {
  let host: TestApp

  beforeAll(async () => {
    const resources = await temporaryFolder(afterAll)
    const card = StarterCard.parse(JSON.parse(await readFile(join(onBoard, 'model.json'), 'utf8')))
    for (const name of ['starter', 'brighter']) await cp(onBoard, join(resources, name), { recursive: true })
    const brighter = { ...card, trainedOn: 'two bright images', limitations: 'A test.' }
    await writeFile(join(resources, 'brighter/model.json'), JSON.stringify(brighter))
    await mkdir(join(resources, 'damaged'))
    await writeFile(join(resources, 'damaged/model.json'), '{"version":1')
    await mkdir(join(resources, 'sample'))
    host = await openTestApp(await temporaryFolder(afterAll), { resources })
    return () => host.app.close()
  })

  test('are listed with their cards wherever models are, but for one that cannot be read', async () => {
    const { builtIn } = await host.request('workspace.show', {})
    expect(builtIn.map(({ name }) => name)).toEqual(['brighter', 'starter'])
    expect(builtIn[0]).toMatchObject({ trainedOn: 'two bright images', limitations: 'A test.', license: 'CC0-1.0' })
    expect((await host.request('runs.list', {})).builtIn).toEqual(builtIn)
  })

  test('make pictures under their names, which say where they are from', async () => {
    const request = { run: 'brighter', name: 'bright', perClass: 1, engine: 'wasm' } as const
    const { synthetic } = await host.request('synthetic.generate', request)
    expect(synthetic).toMatchObject({ origin: 'brighter', run: 'brighter' })
    const { origin } = await host.request('things.origin', { thing: 'bright' })
    expect(origin.from).toEqual([{ kind: 'built-in', name: 'brighter' }])
  })

  test('are refused with the file where they are damaged, and by name where there is none', async () => {
    const generate = (run: string) => host.request('synthetic.generate', { run, name: 'none', engine: 'wasm' })
    await expect(generate('damaged')).rejects.toMatchObject({
      kind: 'input',
      message: 'This installation has no built-in model "damaged", or its file is damaged.'
    })
    await expect(generate('../starter')).rejects.toMatchObject({ kind: 'input' })
  })
})
