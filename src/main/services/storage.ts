import { statfs } from 'node:fs/promises'
import type { Output } from '../../shared/api.ts'
import type { StorageResult } from '../../shared/tending.ts'
import type { ThingSummary } from '../../shared/things.ts'
import { isThere } from '../files/atomic-write.ts'
import { bytesBelow } from '../files/disk-use.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { packageFileOf } from '../workspace/stored-packages.ts'
import { allThings, kindsOfThings } from '../workspace/thing-kinds.ts'

/** What takes how much room on the disk. */
export async function measureStorage(app: AppContext): Promise<Output<'things.storage'>> {
  const { folders, catalog } = app
  const things: StorageResult['things'] = []
  for (const thing of allThings(catalog)) things.push(await measure(app, thing))
  const disk = await statfs(folders.root)
  const sums = { datasets: 0, prepared: 0, runs: 0, segmenters: 0, synthetic: 0, packages: 0, studies: 0, trash: 0 }
  for (const { kind, trashed, bytes } of things) {
    sums[trashed === undefined ? kindsOfThings[kind].collection : 'trash'] += bytes
  }
  const total = await bytesBelow(folders.root)
  const other = total - Object.values(sums).reduce((sum, bytes) => sum + bytes, 0)
  return {
    bytes: { total, ...sums, other, free: disk.bavail * disk.bsize },
    things: things.sort((a, b) => b.bytes - a.bytes)
  }
}

/** A package outside the workspace takes no room in it; one whose file is gone is missing. */
export async function measure(app: AppContext, thing: ThingSummary): Promise<StorageResult['things'][number]> {
  const folder = app.folders.folder(kindsOfThings[thing.kind].collection, thing.id)
  const bytes = await bytesBelow(folder)
  if (thing.kind !== 'package') return { ...thing, bytes }
  const file = await packageFileOf(app, thing.id)
  if (!(await isThere(file.path))) return { ...thing, bytes, missing: true }
  return { ...thing, bytes: file.isInside ? bytes + (await bytesBelow(file.path)) : bytes }
}
