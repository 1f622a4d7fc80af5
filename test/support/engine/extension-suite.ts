import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256File } from '../../../src/main/files/checksum.ts'
import { type EngineName } from '../../../src/shared/runs.ts'
import { HistoryEntry } from '../../../src/shared/training.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { openTestApp, sampleFolder, type TestApp } from '../test-app.ts'

/**
 * Runs that were extended, stopped and interrupted beside one that had its length from the start: the same safe points,
 * byte for byte, and the same history but for the time it took and what was shown by the clock.
 */
export function describeExtension(engine: EngineName, programPacks: readonly string[] = []): void {
  describe(`a run of 20 iterations that is extended to 40, on ${engine}`, () => {
    const settings = { prepared: 'tiles', preset: 'demo', batch: 4, seed: 3, evaluateEvery: 16, engine } as const
    let workspace: string
    let host: TestApp

    beforeAll(async () => {
      workspace = await temporaryFolder(afterAll)
      host = await openTestApp(workspace, { programPacks })
      await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
      await host.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 16, scale: 0.25 })
      await host.request('runs.train', { ...settings, name: 'through', iterations: 40 })
    })
    afterAll(() => host.app.close())

    /** Every tensor file of a run's safe points, by its path in the run's folder. */
    async function tensorsOf(name: string): Promise<Record<string, string>> {
      const { run } = await host.request('runs.show', { name })
      const folder = join(workspace, 'runs', run.id, 'checkpoints')
      const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.safetensors')).sort()
      return Object.fromEntries(
        await Promise.all(files.map(async (file) => [file, await sha256File(join(folder, file))] as const))
      )
    }

    /** Numbers and pictures of a run, without times: as its file has them, which the catalogue has to have as well. */
    async function metricsOf(name: string): Promise<unknown[]> {
      const { run, history } = await host.request('runs.show', { name })
      const text = await readFile(join(workspace, 'runs', run.id, 'metrics.jsonl'), 'utf8')
      const lines = text.trimEnd().split('\n')
      expect(lines.map((line) => HistoryEntry.parse(JSON.parse(line)))).toEqual(history)
      return history
        .filter((entry) => entry.kind !== 'sample' || entry.isByClock !== true)
        .map((entry) => ('seconds' in entry ? { ...entry, seconds: 0 } : entry))
    }

    async function expectAsThrough(name: string): Promise<void> {
      const through = await host.request('runs.show', { name: 'through' })
      const { run, checkpoints } = await host.request('runs.show', { name })
      expect(run).toMatchObject({ state: 'finished', iteration: 40, best: through.run.best })
      expect(checkpoints).toEqual(through.checkpoints)
      expect(await tensorsOf(name)).toEqual(await tensorsOf('through'))
      expect(await metricsOf(name)).toEqual(await metricsOf('through'))
    }

    test('ends with the bytes and the history of one that had 40 from the start', async () => {
      const { run } = await host.request('runs.train', { ...settings, name: 'extended', iterations: 20 })
      expect(run).toMatchObject({ state: 'finished', iteration: 20 })
      const { history } = await host.request('runs.show', { name: 'extended' })
      expect(history.at(-1)).toMatchObject({ kind: 'evaluation', iteration: 20, isClosing: true })

      await host.request('runs.resume', { run: 'extended', iterations: 40, engine })
      await expectAsThrough('extended')
    }, 600_000)

    test('does so too when it is paused on the way, and shortened before it is extended', async () => {
      const controller = new AbortController()
      const progress = ({ done }: { done: number }): void => {
        if (done >= 7) controller.abort()
      }
      const input = { ...settings, name: 'interrupted', iterations: 1000 }
      const first = await host.request('runs.train', input, { signal: controller.signal, progress })
      expect(first.run.state).toBe('paused')
      const second = await host.request('runs.resume', { run: 'interrupted', iterations: 21, engine })
      expect(second.run).toMatchObject({ state: 'finished', iteration: 21 })
      await host.request('runs.resume', { run: 'interrupted', iterations: 40, engine })
      await expectAsThrough('interrupted')
    }, 600_000)
  })
}
