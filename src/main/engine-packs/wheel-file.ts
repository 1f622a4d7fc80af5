import { basename, join } from 'node:path'
import { stopIfAsked } from './stopping.ts'
import { libraryName } from './wheels.ts'
import { type ZipEntry } from '../files/zip/policy.ts'
import { type ZipReader } from '../files/zip/reader.ts'
import { extract, openPackZip, readText, unfit } from './pack-zip.ts'

/** A file of a wheel that goes into a pack. */
interface Wanted {
  readonly entry: ZipEntry
  /** Where it goes, below the pack. */
  readonly path: string
}

const textLimit = 16 * 2 ** 20

/** Takes TensorFlow's libraries and licences out of its wheel, and returns what the wheel says about itself. */
export async function takeTensorFlow(wheel: string, pack: string, signal: AbortSignal): Promise<string> {
  const zip = await openPackZip(wheel)
  try {
    const wanted: Wanted[] = []
    for (const entry of zip.entries) {
      const [folder, file = '', ...deeper] = entry.name.split('/')
      if (folder !== 'tensorflow') continue
      if (deeper.length === 0 && libraryName.test(file)) wanted.push({ entry, path: file })
      if (entry.name === 'tensorflow/include/LICENSE') wanted.push({ entry, path: 'LICENSE' })
      if (entry.name === 'tensorflow/THIRD_PARTY_NOTICES.txt') wanted.push({ entry, path: file })
    }
    if (wanted.filter(({ path }) => libraryName.test(path)).length !== 2) {
      throw unfit(wheel, "it is not a wheel of TensorFlow: the library's two files are not in it")
    }
    if (!wanted.some(({ path }) => path === 'LICENSE')) throw unfit(wheel, "TensorFlow's licence is not in it")
    await extractAll(zip, wanted, pack, signal)
    return await textOf(zip, '.dist-info/METADATA')
  } finally {
    zip.close()
  }
}

/** Takes the libraries and the licence out of one of NVIDIA's wheels; some hold tools alone, which are not needed. */
export async function takeNvidia(wheel: string, pack: string, signal: AbortSignal): Promise<void> {
  const zip = await openPackZip(wheel)
  try {
    const libraries: Wanted[] = []
    const licences: Wanted[] = []
    const name = basename(wheel).split('-')[0] ?? ''
    for (const entry of zip.entries) {
      const library = /^nvidia\/[\w-]+\/lib\/([\w.+-]+\.so(?:\.[\d.]+)?)$/.exec(entry.name)?.[1]
      if (library !== undefined) libraries.push({ entry, path: `nvidia/${library}` })
      if (/^[^/]+\.dist-info\/(?:[^/]+\/)*licen[sc]e[^/]*$/i.test(entry.name)) {
        licences.push({ entry, path: `licences/${name}-${basename(entry.name)}` })
      }
    }
    if (libraries.length === 0) return
    await extractAll(zip, [...libraries, ...licences], pack, signal)
  } finally {
    zip.close()
  }
}

/** Every file of a wheel but RECORD itself stands in RECORD with its SHA-256: what differs is refused. */
async function extractAll(zip: ZipReader, wanted: readonly Wanted[], pack: string, signal: AbortSignal): Promise<void> {
  const record = readRecord(await textOf(zip, '.dist-info/RECORD'))
  for (const { entry, path } of wanted) {
    stopIfAsked(signal)
    const sha256 = await extract(zip, entry, join(pack, path), signal)
    if (record.get(entry.name) !== sha256) {
      throw unfit(zip.path, `${entry.name} does not have the SHA-256 that the wheel states`)
    }
  }
}

/** Paths with their SHA-256 in hexadecimal. */
function readRecord(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^"?(.+?)"?,sha256=([\w-]+),\d*\r?$/gm)]
  return new Map(lines.map(([, path = '', hash = '']) => [path, Buffer.from(hash, 'base64url').toString('hex')]))
}

async function textOf(zip: ZipReader, end: string): Promise<string> {
  const entry = zip.entries.find(({ name }) => name.endsWith(end) && name.split('/').length === 2)
  if (entry === undefined) throw unfit(zip.path, `it is not a Python wheel: ${end.slice(1)} is not in it`)
  return readText(zip, entry, textLimit)
}
