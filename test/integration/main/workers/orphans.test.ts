import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const root = resolve(import.meta.dirname, '../../../..')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test.each(['src/main/workers/reader-process.ts', 'src/main/engine-process.ts'])(
  'a process whose program was killed before it had loaded ends by itself: %s',
  async (entry) => {
    const folder = await temporaryFolder()
    const script = join(folder, 'parent.mjs')
    writeFileSync(
      script,
      `import { fork } from 'node:child_process'
       const child = fork(${JSON.stringify(join(root, entry))}, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
       process.stdout.write(String(child.pid) + '\\n', () => process.kill(process.pid, 'SIGKILL'))`
    )
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    await expect.poll(() => isAlive(Number(line.toString())), { timeout: 30_000 }).toBe(false)
  }
)
