import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PackTools } from '../../src/main/engine-packs/build-pack.ts'
import { libraryName, type WheelSource } from '../../src/main/engine-packs/wheels.ts'
import { type RawEntry, rawZip } from './raw-zip.ts'

/** Two files that stand for TensorFlow's libraries, by this platform's names. */
export const libraries =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
if (!libraries.every((name) => libraryName.test(name))) throw new Error('The names of the libraries have changed.')

const tensorflowFiles = {
  ...Object.fromEntries(libraries.map((name) => [`tensorflow/${name}`, `the library ${name}`])),
  'tensorflow/include/LICENSE': 'Apache License 2.0',
  'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
  'tensorflow/python/keras/something.py': 'print()'
}

const metadata = [
  'Metadata-Version: 2.4',
  'Name: tensorflow',
  'Requires-Dist: numpy>=1.26.0',
  'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
  'Requires-Dist: nvidia-cuda-nvcc-cu12<13.0,>=12.5.82; extra == "and-cuda"',
  'Requires-Dist: tensorflow-io>=0.23; (sys_platform != "win32") and extra == "gcs-filesystem"'
].join('\n')

export interface WheelChanges {
  /** Files that replace or join those of the wheel; undefined takes one away. */
  readonly files?: Readonly<Record<string, string | undefined>>
  /** Files whose SHA-256 in RECORD is of something else. */
  readonly wrongRecord?: readonly string[]
}

/** A wheel as Python's packers write it: METADATA, and RECORD with a SHA-256 of each file. */
export function fakeWheel(folder: string, fileName: string, changes: WheelChanges = {}): Promise<string> {
  return writeWheel(folder, fileName, { ...tensorflowFiles, ...changes.files }, changes)
}

export function fakeNvidiaWheel(folder: string, name: string, library?: string): Promise<string> {
  const files = {
    ...(library === undefined
      ? { [`nvidia/${name}/bin/tool`]: 'a tool' }
      : { [`nvidia/${name}/lib/${library}`]: library }),
    [`nvidia_${name}-12.dist-info/License.txt`]: 'NVIDIA'
  }
  return writeWheel(folder, `nvidia_${name}_cu12-12.9.1-py3-none-manylinux_2_27_x86_64.whl`, files, {})
}

async function writeWheel(
  folder: string,
  fileName: string,
  files: Readonly<Record<string, string | undefined>>,
  { wrongRecord = [] }: WheelChanges
): Promise<string> {
  const about = `${fileName.split('-').slice(0, 2).join('-')}.dist-info`
  const present = Object.entries({ ...files, [`${about}/METADATA`]: metadata }).filter(
    (entry) => entry[1] !== undefined
  )
  const record = present.map(([path, text = '']) => {
    const hash = createHash('sha256')
      .update(wrongRecord.includes(path) ? 'other' : text)
      .digest('base64url')
    return `${path},sha256=${hash},${String(text.length)}`
  })
  const entries: RawEntry[] = [...present, [`${about}/RECORD`, record.join('\n')] as const].map(
    ([name, text = '']) => ({
      name,
      bytes: Buffer.from(text),
      method: 8
    })
  )
  const path = join(folder, fileName)
  await writeFile(path, rawZip(entries, { sealed: false }))
  return path
}

export const fakeSource = (sha256: string): WheelSource => ({
  package: 'tensorflow-cpu',
  version: '2.21.0',
  tag: 'manylinux_2_27_x86_64',
  sha256
})

/** Tools that fetch nothing and find every library right. */
export function fakeTools(changes: Partial<PackTools> = {}): PackTools {
  return {
    approve: () => Promise.resolve(),
    download: ({ requirement }) => Promise.reject(new Error(`nobody should fetch ${requirement}`)),
    verify: () => Promise.resolve(),
    report: () => undefined,
    signal: new AbortController().signal,
    ...changes
  }
}
