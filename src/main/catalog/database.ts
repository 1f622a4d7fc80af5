import SQLite, { type Database } from 'better-sqlite3'
import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError, invariant, refuse } from '../../shared/errors.ts'
import { migrate } from './migrations.ts'
import { forgetPartsOfNothing } from './part-table.ts'

/** "CyLm": marks the file as ours for tools that look at its header. */
const applicationId = 0x43794c6d

/**
 * Opens the database, makes it where there is none, checks it and brings it to the newest schema.
 *
 * @param file path, or `:memory:`
 * @param prepare what to make of it; its statements are the last check of the schema
 * @throws AppError of kind `input` for a file that is damaged, newer than this program, or not a catalogue
 */
export function openDatabase<Tables>(file: string, prepare: (db: Database) => Tables): Tables {
  // better-sqlite3 13 is built for Node-API 10; on an older Node the process would die without a word.
  if (Number(process.versions['napi']) < 10) {
    throw new AppError('usage', `Node ${process.versions.node} is too old for the catalogue.`, {
      next: 'Install Node 24 or newer, and start CytoLoom again.'
    })
  }
  const db = connect(file)
  try {
    checkHealth(db, file)
    configure(db, file)
    forgetPartsOfNothing(db)
    migrate(db, file)
    return prepare(db)
  } catch (thrown) {
    db.close()
    throw explain(thrown, file)
  }
}

/** Writes the log back into the database file, so that a closed workspace is one file that can be copied. */
export function closeDatabase(db: Database): void {
  if (!db.open) return
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

function connect(file: string): Database {
  try {
    return new SQLite(file, { timeout: 10_000 })
  } catch (thrown) {
    throw explain(thrown, file)
  }
}

function checkHealth(db: Database, file: string): void {
  const owner = db.pragma('application_id', { simple: true })
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (owner !== applicationId && tables !== 0) {
    throw refuse(`${file} is a database of another program.`, {
      file,
      next: 'Move the file away, or use another workspace.',
      remedies: [{ action: 'choose-workspace' }]
    })
  }
  if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') throw new DamagedCatalog(file)
}

function configure(db: Database, file: string): void {
  db.pragma('trusted_schema = OFF')
  db.pragma('foreign_keys = ON')
  db.pragma(`journal_mode = ${db.memory ? 'MEMORY' : journalMode(statfsSync(dirname(file)).type)}`)
  // After the switch to WAL: the library's build falls back to NORMAL there, which may lose commits in a power cut.
  db.pragma('synchronous = FULL')
  if (db.pragma('application_id', { simple: true }) !== applicationId) db.pragma(`application_id = ${applicationId}`)
  invariant(db.pragma('synchronous', { simple: true }) === 2, 'a committed decision survives a power cut')
}

/**
 * The computers that share a disk do not share the memory that the write-ahead log needs: there, and where it cannot be
 * told, a change waits until the one before it is done.
 *
 * @param type of the file system, as Linux numbers them; other systems have other numbers
 */
export function journalMode(type: number): 'WAL' | 'TRUNCATE' {
  return process.platform === 'linux' && sharedDisks.has(type) ? 'TRUNCATE' : 'WAL'
}

/** NFS, SMB in its three generations, AFS, 9P (also Windows' disks under WSL), and whatever a program offers as a disk. */
const sharedDisks = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x01021997, 0x65735546])

/** Gives SQLite's own refusals a sentence; everything else passes. */
function explain(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof SQLite.SqliteError)) {
    return thrown instanceof TypeError && !existsSync(dirname(file))
      ? refuse(`The folder of ${file} does not exist.`, { file, next: 'Create it, or choose another.', cause: thrown })
      : thrown
  }
  // A plain SQLITE_ERROR says that the file's own schema or header cannot be understood: our SQL is tested.
  if (/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(thrown.code)) return new DamagedCatalog(file, thrown)
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(thrown.code)) {
    return refuse(`${file} cannot be opened for writing.`, {
      file,
      next: 'Allow writing in its folder, or use another workspace.',
      remedies: [{ action: 'choose-workspace' }],
      cause: thrown
    })
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(thrown.code)) {
    return new AppError('resources', `${file} is still in use by another program.`, {
      file,
      next: 'Close other CytoLoom windows and try again.',
      cause: thrown
    })
  }
  return thrown
}

/** A file that was a catalogue. Who knows the folders beside it can make it anew. */
export class DamagedCatalog extends AppError {
  constructor(file: string, cause?: unknown) {
    super('input', `${file} is damaged.`, {
      file,
      next: 'Start CytoLoom again: it is made anew from the folders beside it, which are complete.',
      cause
    })
  }
}
