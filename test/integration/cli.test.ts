import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { sampleFolder } from '../support/test-app.ts'

const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')

interface Outcome {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** The command as a user types it, by way of the launcher. */
function cytoloom(workspace: string, ...words: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...words, '--workspace', workspace], (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err })
    })
  })
}

/** A folder with some of the sample's images and label images. */
async function copySample(count: number): Promise<string> {
  const folder = await temporaryFolder()
  for (const part of ['images', 'labels']) {
    const source = join(sampleFolder, part, 'fluorescence')
    await mkdir(join(folder, part), { recursive: true })
    for (const name of (await readdir(source)).sort().slice(0, count)) {
      await cp(join(source, name), join(folder, part, name))
    }
  }
  return folder
}

describe('the command', () => {
  test('prints one JSON document on standard output and JSON lines of progress beside it', async () => {
    const workspace = await temporaryFolder()
    const { status, out, err } = await cytoloom(workspace, 'import', await copySample(3), '--name', 'three', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ dataset: { name: 'three', images: 3 }, refused: [] })
    const lines = err.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      progress: { stage: 'import', done: 3, total: 3 }
    })
  })

  test.each([
    [['frobnicate'], 2],
    [['import'], 2],
    [['prepare', 'x', '--name', 'y', '--tile', 'wide'], 2],
    [['train', 'x', '--name', 'y', '--engine', 'abacus'], 2],
    [['train', '--resume', 'x', '--batch', '8'], 2],
    [['dataset', 'no such'], 3],
    [['import', 'no-such-folder', '--name', 'x'], 3],
    [['package', 'create', 'x', '--out', 'x.zip', '--formats', 'coco,word'], 2],
    [['package', 'verify', 'no-such.zip'], 3]
  ])('%j ends with status %i, and with an error as JSON', async (words, expected) => {
    const { status, out } = await cytoloom(await temporaryFolder(), ...words, '--json')
    expect(status).toBe(expected)
    const { error } = JSON.parse(out) as { error: { kind: string; message: string } }
    expect(error.kind).toBe(expected === 2 ? 'usage' : 'input')
    expect(error.message).not.toBe('')
  })

  test('says an error as a sentence with the next step to a person', async () => {
    const { status, out, err } = await cytoloom(await temporaryFolder(), 'run', 'nobody')
    expect(status).toBe(3)
    expect(out).toBe('')
    expect(err).toContain('There is no run called "nobody".')
    expect(err).toContain('cytoloom runs')
    expect(err).not.toMatch(/at .*\.ts:/)
  })

  test('takes fifty good images and lists three broken ones', async () => {
    const source = await copySample(14)
    const extra = (await readdir(join(source, 'images'))).sort()
    for (const [i, name] of [...extra, ...extra, ...extra].slice(0, 36).entries()) {
      for (const part of ['images', 'labels']) await cp(join(source, part, name), join(source, part, `again-${i}.png`))
    }
    await writeFile(join(source, 'images', 'empty.png'), '')
    await writeFile(join(source, 'images', 'text.png'), 'this is no picture')
    await cp(join(source, 'images', extra[0] ?? ''), join(source, 'images', 'cut.png'))
    await truncate(join(source, 'images', 'cut.png'), 2000)

    const workspace = await temporaryFolder()
    const { status, out } = await cytoloom(
      workspace,
      'import',
      source,
      '--name',
      'mixed',
      '--format',
      'labels',
      '--json'
    )
    expect(status).toBe(0)
    const { dataset, refused } = JSON.parse(out) as {
      dataset: { images: number }
      refused: { file: string; reason: string }[]
    }
    expect(dataset.images).toBe(50)
    expect(refused.map(({ file }) => file.split('/').at(-1)).sort()).toEqual(['cut.png', 'empty.png', 'text.png'])
    for (const { reason } of refused) expect(reason.length).toBeGreaterThan(20)
  })

  test('never overwrites a name, nor touches an original', async () => {
    const source = await copySample(2)
    const workspace = await temporaryFolder()
    const name = (await readdir(join(source, 'images')))[0] ?? ''
    const before = await readFile(join(source, 'images', name))
    expect((await cytoloom(workspace, 'import', source, '--name', 'twice')).status).toBe(0)
    const second = await cytoloom(workspace, 'import', source, '--name', 'twice')
    expect(second.status).toBe(3)
    expect(second.err).toContain('already')
    expect(await readFile(join(source, 'images', name))).toEqual(before)
  })

  test('finds again what a lost catalogue knew', async () => {
    const workspace = await temporaryFolder()
    await cytoloom(workspace, 'import', await copySample(2), '--name', 'kept')
    for (const suffix of ['', '-wal', '-shm']) {
      await truncate(join(workspace, `catalog.sqlite${suffix}`)).catch(() => undefined)
    }
    const { status, out } = await cytoloom(workspace, 'datasets', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ datasets: [{ name: 'kept', images: 2 }] })
  })
})
