import { readdirSync, rmSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePlate } from '../../support/plate.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

const plate = { kinds: ['HeLa', 'U2OS'], wells: ['A1', 'B2', 'C3'], hours: [0, 24], fields: 5, side: 48 }

/** A drive with pictures, of which something happens while they are imported. */
async function importWhile(happens: (drive: string) => void | Promise<void>) {
  const folder = await temporaryFolder()
  const drive = join(folder, 'drive')
  const source = writePlate(join(drive, 'plate'), plate)
  const host = await openTestApp(join(folder, 'workspace'))
  let happened: Promise<void> | undefined
  const progress = ({ stage, done }: { stage: string; done: number }): void => {
    if (stage === 'import' && done >= 5) happened ??= Promise.resolve(happens(drive))
  }
  const importing = host.request('datasets.import', { source, name: 'plate' }, { progress })
  const answer: unknown = await importing.catch((thrown: unknown) => thrown)
  await happened
  return { folder, drive, source, host, answer }
}

test.each([
  ['is gone', (drive: string) => rename(drive, `${drive} in a pocket`)],
  [
    'left an empty folder',
    async (drive: string) => {
      await rename(drive, `${drive} in a pocket`)
      await mkdir(join(drive, 'plate'), { recursive: true })
    }
  ]
])(
  'a drive that %s during an import costs the import, says so, and the import works when it is back',
  async (_, pull) => {
    const { folder, drive, source, host, answer } = await importWhile(pull)
    expect(answer).toMatchObject({
      kind: 'resources',
      message: expect.stringMatching(/ was there a moment ago and is gone: .* could not be read\.$/) as string,
      file: expect.stringContaining(source) as string,
      next: expect.stringContaining('Nothing was taken in') as string
    })
    expect(readdirSync(join(folder, 'workspace', 'datasets'))).toEqual([])
    const [task] = (await host.request('tasks.list', {})).tasks
    expect(task).toMatchObject({ kind: 'import', state: 'failed', error: { file: expect.any(String) as string } })

    rmSync(drive, { recursive: true, force: true })
    await rename(`${drive} in a pocket`, drive)
    const again = await host.request('tasks.again', { id: task?.id ?? '', follow: true })
    expect(again).toMatchObject({ state: 'done' })
    const { dataset, images } = await host.request('datasets.show', { name: 'plate' })
    expect([dataset.annotated, images.length]).toEqual([60, 60])
    await host.app.close()
  }
)

test('a few files that vanish cost themselves alone, each with its reason', async () => {
  const { host, answer } = await importWhile((drive) => {
    for (const name of ['U2OS_C3_24h_f4', 'U2OS_C3_24h_f5']) rmSync(join(drive, 'plate/images', `${name}.png`))
  })
  expect(answer).toMatchObject({
    dataset: { images: 58 },
    refused: ['U2OS_C3_24h_f4.png', 'U2OS_C3_24h_f5.png'].map((file) => ({
      file,
      reason: expect.stringContaining('is not there') as string
    }))
  })
  await host.app.close()
})
