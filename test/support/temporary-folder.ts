import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh folder that is gone when the test is over; with `afterAll`, when all of the file are. */
export async function temporaryFolder(whenOver: (remove: () => Promise<void>) => void = onTestFinished) {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-test-'))
  whenOver(() => rm(folder, { recursive: true, force: true }))
  return folder
}
