import { flushCompileCache } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import type { Output, ParsedInput, Progress } from '../../shared/api.ts'
import type { ImportRequest, InspectRequest } from '../../shared/datasets.ts'
import type { DatasetIdentity, ImportedDataset } from '../datasets/import-dataset.ts'
import type { GraphInput } from '../prepare/mask-graph.ts'
import type { PreviewInput } from '../prepare/preview-masks.ts'
import type { ToneTableInput } from '../prepare/tone-table.ts'
import type { OpenedPackage } from '../packages/read-package.ts'
import type { DatasetAbout } from '../../shared/abouts.ts'
import type { PackageExtent } from '../packages/package-reader.ts'
import type { SyntheticAbout } from '../../shared/synthetic.ts'

/** What the work can tell while it is at it, and how it is told to stop. */
export interface Surroundings {
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
  /** From now on nothing from outside is read, and silence means no harm. */
  readonly filesAreRead: () => void
}

interface ImportWork {
  readonly picturesOnly?: boolean
  readonly request: ImportRequest
  readonly identity: DatasetIdentity
  readonly folder: string
  readonly workerPath: string
}

interface InspectWork {
  readonly request: InspectRequest
  readonly scratch: string | undefined
  readonly workerPath: string
}

interface PeekWork {
  readonly request: ParsedInput<'datasets.peek'>
  readonly folder: string
  readonly workerPath: string
}

interface FileWork {
  readonly file: string
}

interface OpenWork {
  readonly file: string
  readonly folder: string
}

/**
 * All work with files from outside that is done in a thread of its own. Each loads what it needs: a thread does one piece
 * of work.
 */
const works = {
  import: async (
    { request, identity, folder, workerPath, picturesOnly = false }: ImportWork,
    { signal, progress }: Surroundings
  ): Promise<ImportedDataset> => {
    const { importDataset } = await import('../datasets/import-dataset.ts')
    return importDataset(request, identity, folder, {
      picturesOnly,
      workerPath,
      signal,
      onProgress: (done, total) => progress({ stage: 'import', done, total }),
      onUnpacked: (done, total) => progress({ stage: 'unpack', done, total })
    })
  },
  inspect: async (
    { request, workerPath, scratch }: InspectWork,
    { signal, progress }: Surroundings
  ): Promise<Output<'datasets.inspect'>> => {
    const { inspectSource } = await import('../datasets/inspect-source.ts')
    return inspectSource(request, {
      workerPath,
      scratch,
      signal,
      onProgress: (done, total) => progress({ stage: 'look', done, total }),
      onUnpacked: (done, total) => progress({ stage: 'unpack', done, total })
    })
  },
  peek: async (
    { request, folder, workerPath }: PeekWork,
    { signal, progress }: Surroundings
  ): Promise<Output<'datasets.peek'>> => {
    const { peekSource } = await import('../datasets/peek-source.ts')
    return peekSource(request, folder, {
      workerPath,
      signal,
      onUnpacked: (done, total) => progress({ stage: 'unpack', done, total })
    })
  },
  verify: async ({ file }: FileWork, { signal, progress }: Surroundings): Promise<Output<'packages.verify'>> => {
    const { verifyPackage } = await import('../packages/read-package.ts')
    return verifyPackage(file, { signal, onProgress: (done, total) => progress({ stage: 'verify', done, total }) })
  },
  packageExtent: async ({ file }: FileWork): Promise<PackageExtent> => {
    const { packageExtent } = await import('../packages/package-reader.ts')
    return packageExtent(file)
  },
  openDataset: async (
    { file, folder }: OpenWork,
    { signal, progress }: Surroundings
  ): Promise<OpenedPackage<DatasetAbout>> => {
    const { openDataset } = await import('../packages/read-package.ts')
    return openDataset(file, folder, { signal, onProgress: (done, total) => progress({ stage: 'open', done, total }) })
  },
  open: async (
    { file, folder }: OpenWork,
    { signal, progress }: Surroundings
  ): Promise<OpenedPackage<SyntheticAbout>> => {
    const { openPackage } = await import('../packages/read-package.ts')
    return openPackage(file, folder, { signal, onProgress: (done, total) => progress({ stage: 'open', done, total }) })
  },
  score: async (
    request: ParsedInput<'scores.files'>,
    { signal, progress, filesAreRead }: Surroundings
  ): Promise<Output<'scores.files'>> => {
    const { scoreFiles } = await import('../scoring/score-files.ts')
    return scoreFiles(request, { signal, progress }, filesAreRead)
  },
  decode: async (request: ParsedInput<'masks.decode'>): Promise<Output<'masks.decode'>> => {
    const { decodeMask } = await import('../prepare/decode-mask.ts')
    return decodeMask(request)
  },
  graph: async (input: GraphInput, { signal }: Surroundings): Promise<Output<'masks.graph'>> => {
    const { graphsOf } = await import('../prepare/mask-graph.ts')
    return graphsOf(input, signal)
  },
  previews: async (input: PreviewInput, { signal }: Surroundings): Promise<Output<'prepared.preview'>> => {
    const { previewMasks } = await import('../prepare/preview-masks.ts')
    return previewMasks(input, signal)
  },
  tones: async (input: ToneTableInput, { signal }: Surroundings): Promise<Output<'masks.table'>> => {
    const { toneTable } = await import('../prepare/tone-table.ts')
    return toneTable(input, signal)
  }
} satisfies Record<string, (input: never, surroundings: Surroundings) => Promise<unknown>>

export type ReaderWorkName = keyof typeof works
export type ReaderInput<Name extends ReaderWorkName> = Parameters<(typeof works)[Name]>[0]
export type ReaderOutcome<Name extends ReaderWorkName> = Awaited<ReturnType<(typeof works)[Name]>>

/** As it is sent to the thread. */
export interface ReaderTask {
  readonly name: ReaderWorkName
  readonly input: unknown
  readonly port: MessagePort
}

const beat = 250 // ms

/** In the thread: does the work, and gives a sign as often as its event loop turns. */
export async function doReaderWork({ name, input, port }: ReaderTask, signs: Int32Array): Promise<unknown> {
  const controller = new AbortController()
  port.on('message', () => controller.abort()) // "stop" is all that is ever said
  const pulse = setInterval(() => Atomics.add(signs, 0, 1), beat)
  const work = works[name] as (input: unknown, surroundings: Surroundings) => Promise<unknown> // sent with its own input
  try {
    return await work(input, {
      signal: controller.signal,
      progress: (progress) => port.postMessage(progress),
      filesAreRead: () => {
        clearInterval(pulse)
        Atomics.store(signs, 0, 0)
      }
    })
  } finally {
    clearInterval(pulse)
    port.close()
    flushCompileCache() // the process is killed once it has answered
  }
}
