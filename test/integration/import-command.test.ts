import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { InspectResult } from '../../src/shared/datasets.ts'
import { sampleFolder } from '../support/test-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const cli = join(import.meta.dirname, '../../src/main/cli.ts')

describe('import in a terminal', () => {
  test('--dry-run needs no name, prints one document, and takes nothing', async () => {
    const workspace = await temporaryFolder()
    const common = ['--workspace', workspace, '--json']
    const look = await run(process.execPath, [cli, 'import', sampleFolder, '--dry-run', '--max-images', '3', ...common])
    const result = InspectResult.parse(JSON.parse(look.stdout))
    expect(result).toMatchObject({ format: 'labels', totals: { files: 3, usable: 3 } })
    const list = await run(process.execPath, [cli, 'datasets', ...common])
    expect(JSON.parse(list.stdout)).toEqual({ datasets: [] })
  })

  test.each([
    [[], /The data set needs a name/],
    [['--name', 'x', '--channels', '0'], /one to three channels/],
    [['--name', 'x', '--channels', '-'], /one to three channels/],
    [['--name', 'x', '--axes', 'XYZ'], /axes/],
    [['--name', 'x', '--z', '0'], /depth must be/]
  ])('with %o it is wrong usage', async (options, sentence) => {
    const workspace = await temporaryFolder()
    const running = run(process.execPath, [cli, 'import', sampleFolder, '--workspace', workspace, ...options])
    await expect(running).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(sentence) as string })
  })
})
