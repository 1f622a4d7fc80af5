import type { MessagePort } from 'node:worker_threads'
import type { Output, ParsedInput, Progress } from '../../shared/api.ts'
import type { DatasetId, ImportRequest, InspectRequest } from '../../shared/datasets.ts'
import { importDataset, type ImportedDataset } from '../datasets/import-dataset.ts'
import { inspectSource } from '../datasets/inspect-source.ts'
import { packageKind } from '../packages/package-reader.ts'
import { type OpenedPackage, openDataset, openPackage, verifyPackage } from '../packages/read-package.ts'
import type { DatasetAbout } from '../../shared/abouts.ts'
import type { PackageKind } from '../../shared/packages.ts'
import type { SyntheticAbout } from '../../shared/synthetic.ts'
import { decodeMask } from '../prepare/decode-mask.ts'
import { scoreFiles } from '../scoring/score-files.ts'

/** What the work can tell while it is at it, and how it is told to stop. */
export interface Surroundings {
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
  /** From now on nothing from outside is read, and silence means no harm. */
  readonly filesAreRead: () => void
}

interface ImportWork {
  readonly request: ImportRequest
  readonly identity: { readonly id: DatasetId; readonly name: string; readonly created: string }
  readonly folder: string
  readonly workerPath: string
}

interface InspectWork {
  readonly request: InspectRequest
  readonly scratch: string | undefined
  readonly workerPath: string
}

interface OpenWork {
  readonly file: string
  readonly folder: string
}

/** All work with files from outside that is done in a thread of its own. */
const works = {
  import: ({ request, identity, folder, workerPath }: ImportWork, { signal, progress }): Promise<ImportedDataset> =>
    importDataset(request, identity, folder, {
      workerPath,
      signal,
      onProgress: (done, total) => progress({ stage: 'import', done, total }),
      onUnpacked: (done, total) => progress({ stage: 'unpack', done, total })
    }),
  inspect: ({ request, workerPath, scratch }: InspectWork, { signal, progress }): Promise<Output<'datasets.inspect'>> =>
    inspectSource(request, {
      workerPath,
      scratch,
      signal,
      onProgress: (done, total) => progress({ stage: 'look', done, total }),
      onUnpacked: (done, total) => progress({ stage: 'unpack', done, total })
    }),
  verify: ({ file }: { readonly file: string }, { signal, progress }): Promise<Output<'packages.verify'>> =>
    verifyPackage(file, { signal, onProgress: (done, total) => progress({ stage: 'verify', done, total }) }),
  packageKind: ({ file }: { readonly file: string }): Promise<PackageKind> => packageKind(file),
  openDataset: ({ file, folder }: OpenWork, { signal, progress }): Promise<OpenedPackage<DatasetAbout>> =>
    openDataset(file, folder, { signal, onProgress: (done, total) => progress({ stage: 'open', done, total }) }),
  open: ({ file, folder }: OpenWork, { signal, progress }): Promise<OpenedPackage<SyntheticAbout>> =>
    openPackage(file, folder, { signal, onProgress: (done, total) => progress({ stage: 'open', done, total }) }),
  score: (request: ParsedInput<'scores.files'>, { signal, progress, filesAreRead }): Promise<Output<'scores.files'>> =>
    scoreFiles(request, { signal, progress }, filesAreRead),
  decode: (request: ParsedInput<'masks.decode'>): Promise<Output<'masks.decode'>> => decodeMask(request)
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
  }
}
