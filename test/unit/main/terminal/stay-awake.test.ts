import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { awakeCommand, stayAwake } from '../../../../src/main/terminal/stay-awake.ts'
import { type AppEvent } from '../../../../src/shared/api.ts'
import { type Task } from '../../../../src/shared/tasks.ts'
import { FakeApp } from '../../../support/fake-app.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('each system is asked by a program of its own that ends with this one', async () => {
  expect(await awakeCommand({ platform: 'darwin', env: {} }, 7)).toEqual(['/usr/bin/caffeinate', '-i', '-w', '7'])
  expect(await awakeCommand({ platform: 'win32', env: {} }, 7)).toEqual([])
  expect(await awakeCommand({ platform: 'linux', env: { PATH: '/nowhere' } }, 7)).toEqual([])
})

test.skipIf(process.platform !== 'linux')('the computer stays awake exactly while something is worked on', async () => {
  const folder = await temporaryFolder()
  const said = join(folder, 'said')
  for (const name of ['systemd-inhibit', 'tail']) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "$@" > ${said}\nexec sleep 30\n`)
    await chmod(join(folder, name), 0o755)
  }
  const app = new FakeApp(join(folder, 'workspace'), {})
  stayAwake(app, { platform: 'linux', env: { PATH: `${folder}:/usr/bin:/bin` } })
  const change = (state: Task['state'], id = 't-1'): void => {
    app.emit({ event: 'task.changed', task: { ...fakeTask(id, 'train'), state } } satisfies AppEvent)
  }
  change('done')
  expect(existsSync(said)).toBe(false)
  change('running')
  change('running', 't-2')
  await expect.poll(() => readFile(said, 'utf8').catch(() => '')).toContain('--what=idle:sleep --who=CytoLoom')
  expect(await readFile(said, 'utf8')).toContain(`--pid=${process.pid}`)
  const holders = () => childrenNamed('sleep 30')
  await expect.poll(holders).toHaveLength(1)
  change('done')
  expect(await holders()).toHaveLength(1)
  change('done', 't-2')
  await expect.poll(holders).toHaveLength(0)
})

/** Of this very process. */
async function childrenNamed(command: string): Promise<string[]> {
  const children = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).trim().split(' ')
  const commands = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return commands.map((each) => each.replaceAll('\0', ' ').trim()).filter((each) => each === command)
}
