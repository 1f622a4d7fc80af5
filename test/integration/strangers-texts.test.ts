import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { PackageFormat } from '../../src/shared/packages.ts'
import { png } from '../support/hostile/hostile-case.ts'
import { readRawZip } from '../support/raw-zip.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp } from '../support/test-app.ts'

test('a line break in what a package says of its origin begins no line in the files that it is packed into', async () => {
  const folder = await temporaryFolder()
  const about = await makeSyntheticSet(join(folder, 'set'), 2)
  const evil = ['\n', '\r', '\u0085', '\u2028'].map((end) => `${end}path: /evil`).join('')
  about.provenance.software = `CytoLoom${evil}`
  about.provenance.preset = `quick${evil}`
  const out = join(folder, 'all.zip')
  const now = new Date('2025-03-02T00:00:00.000Z')
  await createPackage({
    folder: join(folder, 'set'),
    about,
    out,
    formats: PackageFormat.options,
    license: `CC0${evil}`,
    author: `A${evil}`,
    now,
    software: 'CytoLoom 0.1.0'
  })
  const entries = new Map(
    readRawZip(await readFile(out)).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])
  )
  for (const name of ['yolo/data.yaml', 'README.txt']) {
    const lines = entries.get(name)?.split(/[\n\r\u0085\u2028\u2029]/) ?? []
    expect(lines.length).toBeGreaterThan(4)
    expect(lines.filter((line) => line.startsWith('path: /evil'))).toEqual([])
  }
})

test('no terminal gets a character that it obeys, or that turns text around', async () => {
  const [source, workspace] = [await temporaryFolder(), await temporaryFolder()]
  const evil = 'cell\u001b]0;owned\u0007\u009b2J\u202e\r'
  await writeFile(join(source, 'a.png'), png)
  const coco = {
    images: [
      { id: 1, file_name: 'a.png', width: 24, height: 18 },
      { id: 2, file_name: `missing${evil}.png`, width: 24, height: 18 }
    ],
    categories: [{ id: 1, name: evil }],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, segmentation: [[1, 1, 9, 1, 9, 9]] },
      { id: 2, image_id: 2, category_id: 1, segmentation: [[1, 1, 9, 1, 9, 9]] }
    ]
  }
  await writeFile(join(source, 'a.json'), JSON.stringify(coco))
  const host = await openTestApp(workspace)
  const { dataset } = await host.request('datasets.import', {
    source,
    name: 'plate',
    format: 'coco',
    classFrom: 'category'
  })
  expect(dataset.classes.map(({ name }) => name)).toEqual([evil])
  await host.app.close()

  for (const words of [
    ['dataset', 'plate'],
    ['dataset', 'plate', '--json'],
    ['import', source, '--name', 'two', '--format', 'coco'],
    ['dataset', evil]
  ]) {
    const said = await cytoloom([...words, '--workspace', workspace])
    expect(said.length).toBeGreaterThan(10)
    expect(said).not.toMatch(/[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u)
  }
})

function cytoloom(words: readonly string[]): Promise<string> {
  const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...words], (_, out, err) => {
      resolve(out + err)
    })
  })
}
