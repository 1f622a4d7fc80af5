import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Names = z.record(z.string(), z.string()).default({})
const Entry = z.object({
  version: z.string().default(''),
  license: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names
})
const Lock = z.object({ packages: z.record(z.string(), Entry) })
type Lock = z.infer<typeof Lock>

export interface PackedPackage {
  readonly name: string
  /** Its folder, from that of the program. */
  readonly path: string
  readonly version: string
  readonly license: string
  /** As npm writes it: `sha512-…`. */
  readonly integrity: string | undefined
}

/** The package whose kernels are used, but neither its index nor the installer of its own download. */
const kernels = '@tensorflow/tfjs-node-gpu'
/** Parts of the page, bundled into its script. */
const bundled = ['svelte', 'esm-env', 'clsx', '@fontsource-variable/inter']

/** Everything that is passed on with the program on this kind of computer, by name. */
export function packedPackages(root: string): PackedPackage[] {
  const lock = readLock(root)
  const left = new Set(installerOnly(root))
  const paths = [...needed(lock, directNames(lock)), ...bundled.map((name) => `node_modules/${name}`)]
  return [...new Set(paths)]
    .filter((path) => !left.has(path) && existsSync(join(root, path)))
    .map((path) => {
      const { version, license = 'UNKNOWN', integrity } = lock.packages[path] ?? Entry.parse({})
      return {
        name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        path,
        version,
        license,
        integrity
      }
    })
    .sort((a, b) => a.path.localeCompare(b.path, 'en'))
}

/** What only the installer of tfjs-node-gpu needs: it is never run, and is not packed (build/electron-builder.yml). */
export function installerOnly(root: string): string[] {
  const lock = readLock(root)
  const names = directNames(lock)
  const others = needed(
    lock,
    names.filter((name) => name !== kernels)
  )
  return [...needed(lock, names)].filter((path) => !others.has(path) && path !== `node_modules/${kernels}`).sort()
}

function readLock(root: string): Lock {
  return Lock.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
}

function directNames({ packages }: Lock): string[] {
  const { dependencies = {}, optionalDependencies = {} } = packages[''] ?? {}
  return Object.keys({ ...dependencies, ...optionalDependencies })
}

/** The folders of these packages and of all that they need. */
function needed(lock: Lock, names: readonly string[]): Set<string> {
  const found = new Set(names.flatMap((name) => placeOf(lock, '', name)))
  for (const path of found) {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = lock.packages[path] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      for (const place of placeOf(lock, path, name)) found.add(place)
    }
  }
  return found
}

/** Where a package finds another: in its own folder, or in one above. */
function placeOf({ packages }: Lock, from: string, name: string): string[] {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[place] !== undefined) return [place]
    if (folder === '') return []
    if (!folder.includes('/node_modules/')) folder = ''
  }
}
