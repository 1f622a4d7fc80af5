import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitStatus } from '../../src/main/terminal/exit-status.ts'
import { png } from '../support/hostile/hostile-case.ts'
import { pngOf } from '../support/hostile/hostile-pictures.ts'
import { hostileWeights } from '../support/hostile/hostile-weights.ts'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { hashFiles } from '../support/originals.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, sampleFolder } from '../support/test-app.ts'

const launcher = join(import.meta.dirname, '../../scripts/cytoloom.js')
const longHeader = Buffer.alloc(64)
longHeader.writeBigUInt64LE(2n ** 60n)

const files: Readonly<Record<string, Uint8Array | string>> = {
  'noise.safetensors': Buffer.alloc(5000, 'noise'),
  'cut.safetensors': Buffer.from('\x40\0\0\0\0\0\0\0{"w":{"dtype":"F32","shape":[9],'),
  'header.safetensors': longHeader,
  'cut.png': png.subarray(0, png.length >> 1),
  'size.png': pngOf({ width: 60_000, height: 60_000 }),
  'text.png': 'no picture',
  ...Object.fromEntries(hostileWeights.map(([name, bytes]) => [name, bytes] as const))
}

let workspace: string
let folder: string
beforeAll(async () => {
  ;[workspace, folder] = [await temporaryFolder(afterAll), await temporaryFolder(afterAll)]
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  await mkdir(join(folder, 'links'))
  await symlink('/etc/passwd', join(folder, 'links/model.json'))
  await symlink('checkpoints', join(folder, 'links/checkpoints'))
  const host = await openTestApp(workspace)
  await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
  await host.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 16, scale: 0.25 })
  const run = { prepared: 'tiles', name: 'run', preset: 'demo', batch: 4, iterations: 1, engine: 'wasm' } as const
  await host.request('runs.train', run)
  await host.app.close()
}, 300_000)

/** As a user types it. */
function cytoloom(words: readonly string[]): Promise<{ status: unknown; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...words, '--workspace', workspace], { cwd: folder }, (error, out, err) =>
      resolve({ status: error?.code ?? 0, said: out + err })
    )
  })
}

const train = (file: string) => ['train', 'tiles', '--name', 'new', '--engine', 'wasm', '--from', file]
const evaluate = (file: string) => ['evaluate', 'run', '--count', '4', '--engine', 'wasm', '--features', file]

test.each<[readonly string[], RegExp]>([
  [train('noise.safetensors'), /There is no run called "noise.safetensors"/],
  [train('cut.safetensors'), /There is no run called/],
  [train('header.safetensors'), /There is no run called/],
  [train('links'), /There is no run called/],
  [['mask-graph', 'cut.png'], /There is no data set called "cut.png"/],
  [['mask-graph', 'size.png'], /There is no data set called/],
  [['mask-graph', 'text.png'], /There is no data set called/],
  ...['cut.png', 'size.png', 'text.png', 'links', '/dev/zero'].map((file): [readonly string[], RegExp] => [
    ['decode', file, '--gray-levels', '4', '--out', 'out.png'],
    /cannot be read|at most 64 million pixels|is a folder, not|is a device/
  ]),
  ...['code-zip.pth', 'bomb.pth', 'cut.pth', '/dev/zero', 'links'].map((file): [readonly string[], RegExp] => [
    evaluate(`inception:${file}`),
    /asks for posix\.system to be run|cannot be read as weights of PyTorch|is a device|is a folder, not/
  ])
])('%j ends with a sentence and leaves nothing', { timeout: 300_000 }, async (words, sentence) => {
  const before = filesAndThings()
  const { status, said } = await cytoloom(words)
  expect(said).toMatch(sentence)
  expect(said).not.toMatch(/^\s+at .*:\d+/m)
  expect(status).toBe(exitStatus.input)
  expect(filesAndThings()).toEqual(before)
})

/** Every file but the catalogue, which keeps the task that failed; and what the catalogue lists beside tasks. */
function filesAndThings() {
  const file = join(workspace, 'catalog.sqlite')
  const files = new Map(hashFiles([workspace, folder]))
  files.delete(file)
  const catalog = openCatalog(file)
  const { datasets, prepared, runs, synthetic, packages } = catalog
  const things = [datasets, prepared, runs, synthetic, packages].map((table) => table.list())
  catalog.close()
  return { files, things }
}
