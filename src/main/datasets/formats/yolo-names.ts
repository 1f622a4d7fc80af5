import { basename, sep } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { decodeText } from '../../files/loose-json.ts'
import { readInputFile } from '../../files/input-file.ts'
import { type Log } from '../import-log.ts'
import { listFiles } from '../picture-files.ts'
import { hasEnding } from './format.ts'

export type ClassNames = ReadonlyMap<number, string>

/** What Ultralytics, Label Studio, makesense, Darknet and Roboflow call a plain list of names, one a line. */
const listNames = /^(?:_?classes|class|labels|names|obj|_darknet)\.(?:txt|names|labels)$/i

/** A list of names among the text files of a YOLO set; as long as no picture has its name, it marks no cells. */
export function isClassList(path: string): boolean {
  return listNames.test(basename(path))
}

export const yamlEndings = ['.yaml', '.yml']

/**
 * The names of the classes, by their numbers: of the YAML file with `names`, whatever it is called, else of a plain list.
 * The one that lies highest counts, `data.yaml` before others.
 */
export async function readClassNames(folder: string, log: Log): Promise<ClassNames> {
  const files = (await listFiles(folder)).toSorted((a, b) => rank(a) - rank(b))
  for (const path of files.filter((file) => hasEnding(file, ...yamlEndings)).slice(0, mostOpened)) {
    const names = await namesIn(path, parseClassNames, log)
    if (names.size > 0) return names
  }
  const list = files.find(isClassList)
  return list === undefined ? new Map() : namesIn(list, parseList, log)
}

async function namesIn(path: string, parse: (text: string) => ClassNames | string, log: Log): Promise<ClassNames> {
  let reason: string
  try {
    const names = parse(decodeText(await readInputFile(path, 'list of class names', limits.classNames.fileBytes)))
    if (typeof names !== 'string') return names
    reason = `It cannot be read as YAML: ${names}.`
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    reason = thrown.message
  }
  log.warn(`${reason} No names of classes were taken from it.`, path, 'lists of class names that cannot be read')
  return new Map()
}

const mostOpened = 20

function rank(path: string): number {
  const isUsual = /^(?:data|dataset)\.ya?ml$/i.test(basename(path))
  return 2 * path.split(sep).length + (isUsual ? 0 : 1)
}

const Name = z.union([z.string(), z.number(), z.boolean(), z.null()])
const Names = z.object({
  names: z.union([
    z.string().transform((name) => [name]),
    z.array(Name).max(limits.classNames.names),
    z.record(z.string().regex(/^\d{1,9}$/), Name)
  ])
})

/** `names` in any way that YAML can write a list or a map; a text says why it is not YAML. */
export function parseClassNames(text: string): ClassNames | string {
  const value = parseYaml(text)
  if (typeof value === 'string') return value
  const { data } = Names.safeParse(value)
  const entries = Array.isArray(data?.names) ? data.names.entries() : Object.entries(data?.names ?? {})
  const known = [...entries].slice(0, limits.classNames.names).filter(([, name]) => name !== null)
  return new Map(known.map(([number, name]) => [Number(number), String(name)]))
}

/** What a YAML text holds; a text says why it is not YAML. */
export function parseYaml(text: string): object | string {
  if (isTooDeep(text)) return 'it is nested too deep'
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false })
  const [error] = document.errors
  if (error) return error.message
  const value = valueOf(document)
  return typeof value === 'object' && value !== null ? value : {}
}

/** Enough for names that stand elsewhere in the file. */
const mostAliases = 4

function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases })
  } catch {
    return undefined // names that refer to one another are no list of names
  }
}

/** The parser goes as deep as the text does, and the stack, or its patience with "? ? ?", ends sooner. */
function isTooDeep(text: string): boolean {
  const { depth, signs } = limits.classNames
  let [open, deepest] = [0, 0]
  for (const [character] of text.matchAll(/[[\]{}]/g)) {
    open += character === '[' || character === '{' ? 1 : -1
    deepest = Math.max(deepest, open)
  }
  const lines = text.split(/\r\n|\r|\n/)
  const starts = lines.map((line) => /^[ \t?:-]*/.exec(line)?.[0].length ?? 0)
  return (
    deepest > depth ||
    starts.some((length) => length > 2 * depth) ||
    count(text, /\?[ \t]/g) > signs ||
    lines.some((line) => count(line, /-[ \t]/g) > signs)
  )
}

function count(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0
}

function parseList(text: string): ClassNames {
  const names = text.split(/\r\n|\r|\n/).map((name) => name.trim())
  while (names.at(-1) === '') names.pop()
  return new Map(names.slice(0, limits.classNames.names).entries())
}
