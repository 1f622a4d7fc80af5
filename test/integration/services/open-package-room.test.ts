import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

const disk = { bavail: 0, bsize: 1 }

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<object>()),
  statfs: () => Promise.resolve(disk)
}))

test('a package is opened only where there is room for its set', async () => {
  const folder = await temporaryFolder()
  const workspace = join(folder, 'workspace')
  const out = join(folder, 'blocks.zip')
  await mkdir(join(workspace, 'synthetic'), { recursive: true })
  await makeSyntheticSet(join(workspace, 'synthetic', 's-test'), 6, 48)
  const host = await openTestApp(workspace)
  await host.request('packages.create', { set: 'Block cells', out, formats: ['labels'] })

  disk.bavail = 5000
  await expect(host.request('packages.open', { file: out, name: 'opened' })).rejects.toMatchObject({
    kind: 'resources',
    message: expect.stringMatching(/^The set in .*blocks\.zip needs 1 MB of disk, and 1 MB are free\.$/) as string,
    remedies: [{ action: 'show-storage' }, { action: 'empty-trash' }]
  })
  expect(await readdir(join(workspace, 'synthetic'))).toEqual(['s-test'])

  disk.bavail = (await stat(out)).size // its pictures and masks lie packed in it
  await host.request('packages.open', { file: out, name: 'opened' })
  expect((await host.request('workspace.show', {})).synthetic.map(({ name }) => name)).toContain('opened')
  await host.app.close()
})
