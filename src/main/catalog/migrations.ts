import { type Database } from 'better-sqlite3'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { invariant, refuse } from '../../shared/errors.ts'
import { isLiving, isOfThisPlace } from '../files/living-process.ts'
import { initial } from './migrations/001-initial.sql.ts'
import { imageReadings } from './migrations/002-image-readings.sql.ts'
import { packedDatasets } from './migrations/003-packed-datasets.sql.ts'
import { tasks } from './migrations/004-tasks.sql.ts'
import { columnsFromSchemas } from './migrations/005-columns-from-schemas.sql.ts'
import { stoppedRuns } from './migrations/006-stopped-runs.sql.ts'
import { missingThings } from './migrations/007-missing-things.sql.ts'
import { studies } from './migrations/008-studies.sql.ts'
import { drafts } from './migrations/009-drafts.sql.ts'
import { segmenters } from './migrations/010-segmenters.sql.ts'

/** One step of the schema, in order: step n leads from version n − 1 to n, and never changes once it was released. */
export const migrations: readonly string[] = [
  initial,
  imageReadings,
  packedDatasets,
  tasks,
  columnsFromSchemas,
  stoppedRuns,
  missingThings,
  studies,
  drafts,
  segmenters
]

/**
 * Brings a database to the newest schema. Each step is one transaction, so a kill leaves the version before or after
 * it. A database with contents is copied to `<file>.backup-v<version>` before each step.
 *
 * @throws AppError of kind `input` where the file was written by a newer program
 */
export function migrate(db: Database, file: string, steps: readonly string[] = migrations): void {
  const found = versionOf(db)
  if (found > steps.length) {
    throw refuse(
      `${file} was written by a newer CytoLoom (catalogue version ${found}; this one knows up to ${steps.length}).`,
      { file, next: 'Update CytoLoom, or use another workspace.', remedies: [{ action: 'choose-workspace' }] }
    )
  }
  if (found < steps.length) refuseWhileInUse(db, file, found)
  // A step may make a table anew: dropping the old one must not take along what refers to it.
  db.pragma('foreign_keys = OFF')
  for (let version = found; version < steps.length; version++) {
    if (found > 0 && !db.memory) copyDatabase(db, backupPath(file, version)) // a new database has nothing to lose
    applyStep(db, steps[version] ?? '', version)
  }
  db.pragma('foreign_keys = ON')
}

/** Step 4 brings the table of processes: from then on it is known who has the workspace open. */
const knowsProcesses = 4

/** An older program that works on the workspace would meet a schema that it does not know. */
function refuseWhileInUse(db: Database, file: string, found: number): void {
  if (found < knowsProcesses) return
  const others = db
    .prepare<[], { place: string; pid: number; started: string | null }>('SELECT place, pid, started FROM processes')
    .all()
  const mayLive = ({ started, ...mark }: (typeof others)[number]) =>
    isOfThisPlace(mark) && isLiving({ ...mark, started: started ?? undefined }) !== false
  if (!others.some(mayLive)) return
  throw refuse('An older CytoLoom is working on this workspace.', {
    file,
    next: 'Close it first: this version changes the catalogue to a form that the older one does not know.'
  })
}

/** Path of the copy that is made before the schema leaves `version`. */
export function backupPath(file: string, version: number): string {
  return `${file}.backup-v${version}`
}

function versionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

function applyStep(db: Database, sql: string, version: number): void {
  const apply = db.transaction(() => {
    if (versionOf(db) !== version) return // another process took this step while we waited for the lock
    db.exec(sql)
    const lost = db.prepare('SELECT * FROM pragma_foreign_key_check').all()
    invariant(lost.length === 0, `step ${version + 1} keeps what its tables refer to`)
    db.pragma(`user_version = ${version + 1}`)
  })
  apply.immediate()
}

/** Copies the database, whole or not at all: an older copy is replaced only by a complete one. */
export function copyDatabase(db: Database, target: string): void {
  const unfinished = `${target}.unfinished`
  if (existsSync(unfinished)) rmSync(unfinished)
  db.prepare('VACUUM INTO ?').run(unfinished)
  renameSync(unfinished, target)
}
