import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pageClient, startDesktop } from '../../support/electron/desktop.ts'
import { type StandIn } from '../../support/electron/stand-in.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { sampleFolder } from '../../support/test-app.ts'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('electron')
})

/** Quits as the menu does, and waits for the end. */
async function quit(system: StandIn): Promise<void> {
  system.quit()
  await expect.poll(() => system.exitCode, { timeout: 20_000 }).toBe(0)
}

describe('The workspace of the desktop app', () => {
  test('says why it cannot open its workspace, and starts anew with another one that is chosen', async () => {
    writeFileSync(join(folder, 'workspace'), 'a file in its place')
    const other = join(folder, 'another place')
    const answers = [{ response: 0 }, { canceled: false, filePaths: [other] }]
    const system = await startDesktop(folder, { answers })
    await expect.poll(() => system.exitCode).toBe(1)
    expect(system.shown[0]).toMatchObject({
      kind: 'message',
      options: { message: 'CytoLoom cannot start', detail: expect.stringContaining('is a file') as string }
    })
    expect(system.relaunches).toEqual([{ args: [`--workspace=${other}`] }])

    const again = await startDesktop(folder, { words: [`--workspace=${other}`] })
    expect((await pageClient(again).call('workspace.show', {})).folder).toBe(other)
    await quit(again)
  })

  test('ends where no other workspace is chosen', async () => {
    writeFileSync(join(folder, 'workspace'), 'a file in its place')
    const system = await startDesktop(folder, { answers: [{ response: 1 }] })
    await expect.poll(() => system.exitCode).toBe(1)
    expect(system.relaunches).toEqual([])
  })

  test('opens the workspace that was chosen in the page, then and at later starts that name none', async () => {
    const other = join(folder, 'another place')
    const system = await startDesktop(folder)
    const page = pageClient(system)
    system.answers.push({ canceled: true, filePaths: [] })
    expect(await page.ask('desk.chooseWorkspace', {})).toEqual({ chosen: false })
    expect(system.exitCode).toBeUndefined()
    system.answers.push({ canceled: false, filePaths: [other] })
    expect(await page.ask('desk.chooseWorkspace', {})).toEqual({ chosen: true })
    await expect.poll(() => system.exitCode).toBe(0)
    expect(system.relaunches).toEqual([{ args: [`--workspace=${other}`] }])

    const later = await startDesktop(folder, { isWorkspaceNamed: false })
    expect((await pageClient(later).call('workspace.show', {})).folder).toBe(other)
    await quit(later)
  })

  test('stays with its workspace where the person would rather have the work end first', async () => {
    const system = await startDesktop(folder)
    const page = pageClient(system)
    const input = { source: sampleFolder, name: 'sample', format: 'labels' }
    await page.call('tasks.start', { kind: 'import', input })
    system.answers.push({ canceled: false, filePaths: [join(folder, 'another place')] }, { response: 0 })
    expect(await page.ask('desk.chooseWorkspace', {})).toEqual({ chosen: false })
    expect([system.relaunches, system.exitCode]).toEqual([[], undefined])
    system.answers.push({ response: 1 })
    await quit(system)
  })
})
