import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LogFile } from '../../../../src/main/electron/log-file.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('the log turns over before it grows large, and holds no data of pictures', async () => {
  const folder = await temporaryFolder()
  const log = new LogFile(join(folder, 'logs/cytoloom.log'))
  expect(log.copy()).toBe('')
  log.write(new Error(`data:image/png;base64,${'iVBORw0K'.repeat(100)}`))
  expect(readFileSync(log.path, 'utf8')).not.toContain('iVBORw0KiVBORw0K')
  mkdirSync(join(folder, 'logs'), { recursive: true })
  for (const age of [1, 2, 3, 4, 5]) {
    writeFileSync(log.path, `${age}`.repeat(1_000_001))
    log.write('one more')
  }
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual([
    'cytoloom.log',
    ...[1, 2, 3].map((age) => `cytoloom.log.${age}`)
  ])
  expect(readFileSync(`${log.path}.1`, 'utf8')).toMatch(/^5/)
  expect(existsSync(`${log.path}.4`)).toBe(false)
  expect(() => new LogFile(join(folder, 'nowhere/logs/a.log')).write('lost')).not.toThrow()
})
