import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { sampleFolder } from '../../support/test-app.ts'

const root = resolve(import.meta.dirname, '../../..')
const fullDisk = pathToFileURL(resolve(root, 'test/support/full-disk.ts')).href

let workspace: string

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
})

/** A command as a person types it, on a disk that is full after some writes to a folder of the workspace. */
function run(command: readonly string[], full?: { readonly folder: string; readonly after: number }) {
  const disk = full && {
    NODE_OPTIONS: `--import ${fullDisk}`,
    FULL_BELOW: join(workspace, full.folder),
    FULL_AFTER: String(full.after)
  }
  return new Promise<{ status: number | null; said: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ['src/main/cli.ts', ...command, '--workspace', workspace], {
      cwd: root,
      env: { ...process.env, ...disk },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, said }))
  })
}

/** Also what is hidden. */
function inFolder(name: string): string[] {
  const folder = join(workspace, name)
  return existsSync(folder) ? readdirSync(folder) : []
}

test.each([
  ['datasets', 12, ['import', sampleFolder, '--name', 'sample', '--format', 'labels', '--max-images', '16']],
  ['prepared', 5, ['prepare', 'sample', '--name', 'tiles', '--tile', '16', '--scale', '0.25']],
  ['synthetic', 3, ['generate', 'starter', '--name', 'made', '--per-class', '4', '--engine', 'wasm']]
] as const)(
  'a disk that fills up in the middle is said, leaves nothing half made in %s, and the same works with room',
  async (folder, after, command) => {
    const { status, said } = await run(command, { folder, after })
    expect(said).toContain('The disk is full.')
    expect(said).toContain('Free some space and try again')
    expect(said).not.toMatch(/\n\s+at /)
    expect(status).toBe(5)
    expect(inFolder(folder)).toEqual([])

    const again = await run(command)
    expect(again).toMatchObject({ status: 0 })
    expect(inFolder(folder)).toHaveLength(1)
  }
)
