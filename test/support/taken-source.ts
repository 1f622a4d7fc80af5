import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { importDataset } from '../../src/main/datasets/import-dataset.ts'
import { DatasetId, ImportRequest, StoredCell } from '../../src/shared/datasets.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Files of a source by their names; objects are written as JSON. */
export type SourceFiles = Record<string, Uint8Array | string | object>

export async function writeSource(files: SourceFiles, ...when: Parameters<typeof temporaryFolder>): Promise<string> {
  const source = await temporaryFolder(...when)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, name)), { recursive: true })
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(join(source, name), isRaw ? content : JSON.stringify(content))
  }
  return source
}

/** Imports a source into a new folder, and gives what came in and where it is. */
export async function take(source: string, options: Partial<ImportRequest> = {}) {
  const target = await temporaryFolder()
  const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '2025-01-02T03:04:05.000Z' }
  const request = ImportRequest.parse({ source, name: 'x', ...options })
  return { ...(await importDataset(request, identity, target)), target }
}

export async function importFiles(files: SourceFiles, options: Partial<ImportRequest> = {}) {
  return take(await writeSource(files), options)
}

export async function cellsOf(target: string, id: number): Promise<StoredCell[]> {
  return z.array(StoredCell).parse(JSON.parse(await readFile(join(target, 'cells', `${id}.json`), 'utf8')))
}
