import { join } from 'node:path'
import { type Input, type Output, type Progress, type RequestName } from '../../src/shared/api.ts'
import { fromWireError } from '../../src/shared/errors.ts'
import { type App, createApp } from '../../src/main/app.ts'
import { defaultEnvironment, type Environment } from '../../src/main/environment.ts'
import { dispatch } from '../../src/main/services/dispatch.ts'

/** The bundled sample. */
export const sampleFolder = join(import.meta.dirname, '../../resources/sample')

interface RequestOptions {
  signal?: AbortSignal
  progress?: (progress: Progress) => void
  notice?: (text: string) => void
  wish?: () => 'pause' | 'keep' | 'cancel'
}

/** The real app on a workspace of its own, spoken to as hosts do. */
export interface TestApp {
  readonly app: App
  request<N extends RequestName>(name: N, input: Input<N>, options?: RequestOptions): Promise<Output<N>>
}

/** Errors come back as thrown AppErrors, so that tests can expect them. */
export async function openTestApp(workspace: string, changes: Partial<Environment> = {}): Promise<TestApp> {
  const app = await createApp(
    defaultEnvironment({ workspace, engineFolder: join(workspace, 'engines'), programPacks: [], ...changes })
  )
  return {
    app,
    async request<N extends RequestName>(name: N, input: Input<N>, options = {}) {
      const { signal = new AbortController().signal, ...hearers } = options as RequestOptions
      const context = { signal, progress: () => undefined, ...hearers }
      const reply = await dispatch(app.handlers, name, input, context, () => undefined)
      if ('error' in reply) throw fromWireError(reply.error)
      return reply.output as Output<N> // parsed by dispatch with this request's schema
    }
  }
}

/** Sixteen images of the bundled sample, prepared as "tiles" of 16² pixels: what trains in moments. */
export async function addSampleTiles(host: TestApp): Promise<void> {
  await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
  await host.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 16, scale: 0.25 })
}
