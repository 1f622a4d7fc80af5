import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdRun, isHeld } from '../../../src/main/services/run-lock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('a run is held by one process at a time, and free when it lets go', async () => {
  const folder = await temporaryFolder()
  const release = await holdRun(folder, 'mine')
  await expect(holdRun(folder, 'mine')).rejects.toThrow(/another window or terminal/)
  await release()
  expect(await isHeld(folder)).toBe(false)
})

test.each([
  ['was cut off', '{"pid": 1'],
  ['names a process that is gone', '{"pid": 99999999}'],
  ['names a process whose number is another one’s by now', JSON.stringify({ pid: process.pid, started: '1' })]
])('a note that %s holds nothing', async (_, note) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'owner.json'), note)
  expect(await isHeld(folder)).toBe(false)
  await (
    await holdRun(folder, 'mine')
  )()
})
