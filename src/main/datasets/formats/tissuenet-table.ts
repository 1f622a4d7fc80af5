import { basename } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { readNpzWords, type WordArray } from '../../files/npy-table.ts'
import { type Log } from '../import-log.ts'

/** What an archive says about each of its pictures, column by column. */
export interface Table {
  /**
   * @param name the column that the user names; the usual one for tissues when absent
   * @throws AppError of kind `input` for a column that is not there
   */
  readonly column: (path: string, name: string | undefined) => readonly string[] | undefined
  /** Which original each picture was cut from. */
  readonly origins: readonly string[] | undefined
}

const tissueColumns = ['specimen', 'tissue', 'tissue_type', 'tissue_list']
const originColumns = ['filename', 'file_name', 'file', 'fov', 'image']

/**
 * Reads the table: `meta` of version 1.1, whose first row names the columns, or `tissue_list` and `platform_list` of
 * version 1.0. An archive without one, or with one that cannot be read, has no columns.
 */
export async function readTable(path: string, log: Log): Promise<Table> {
  const columns = await readColumns(path, log)
  return {
    column: (file, name) => {
      const wanted = name === undefined ? tissueColumns : [name]
      const found = wanted.map((key) => columns.get(key)).find((values) => values !== undefined)
      if (found || name === undefined) return found
      throw refuse(`${file} has no column "${name}"; its columns are ${[...columns.keys()].join(', ') || 'none'}.`, {
        file,
        next: 'Choose one of them, as “column:” and its name.',
        remedies: [{ action: 'set-option', option: 'classFrom' }]
      })
    },
    origins: originColumns.map((key) => columns.get(key)).find((values) => values !== undefined)
  }
}

async function readColumns(path: string, log: Log): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const words = await readNpzWords(path, ['meta', 'tissue_list', 'platform_list'])
    const meta = words.get('meta')
    if (meta) return columnsOf(meta)
    return new Map([...words].map(([name, { values }]) => [name, values]))
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    log.warn(`${thrown.message} The pictures come in without classes.`, basename(path))
    return new Map()
  }
}

function columnsOf({ shape: [rows = 0, columns = 0], values }: WordArray): Map<string, readonly string[]> {
  const column = (c: number): string[] =>
    Array.from({ length: rows - 1 }, (_, r) => values[(r + 1) * columns + c] ?? '')
  return new Map(Array.from({ length: columns }, (_, c) => [values[c] ?? '', column(c)]))
}
