import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type InstalledPack, type PackDescription } from '../../shared/engine-packs.ts'
import { refuse } from '../../shared/errors.ts'
import { removeFolder } from '../files/atomic-write.ts'
import { readPack } from './pack-folder.ts'

/** Every pack in these folders, in their order, and the binary of @tensorflow/tfjs-node-gpu where it was downloaded. */
export async function listPacks(folders: readonly string[], nodePackage = tfjsNodeFolder()): Promise<InstalledPack[]> {
  const packs: InstalledPack[] = []
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
      const found = await readPack(join(folder, name))
      if (found !== undefined) packs.push(installed(join(folder, name), found))
    }
  }
  const binary = nodePackage === undefined ? undefined : tfjsNodeBinary(nodePackage)
  return binary === undefined ? packs : [...packs, binary]
}

/** Takes a pack away by its name; what was built for a checkout, by the name of its folder too. */
export async function removePack(folders: readonly string[], name: string): Promise<InstalledPack> {
  const packs = await listPacks(folders)
  const pack = packs.find((each) => each.name === name) ?? packs.find(({ folder }) => basename(folder) === name)
  if (pack === undefined) {
    const names = packs.map((each) => each.name)
    throw refuse(`There is no engine pack called "${name}".`, {
      next: names.length === 0 ? 'No pack is installed.' : `Installed are: ${names.join(', ')}.`
    })
  }
  if (pack.origin === 'tfjs-node-gpu') {
    throw refuse(`${pack.name} belongs to an npm package and is not CytoLoom's to remove.`, {
      file: pack.folder,
      next: 'Delete its folder, or install the package again without scripts.'
    })
  }
  await removeFolder(pack.folder)
  return pack
}

function installed(
  folder: string,
  { description, problem }: { readonly description: PackDescription; readonly problem: string | undefined }
): InstalledPack {
  const { name, kind, library, version, cuda, files } = description
  return {
    name,
    kind,
    library,
    version,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    folder,
    origin: 'pack',
    ...(cuda === undefined ? {} : { cuda }),
    ...(problem === undefined ? {} : { problem })
  }
}

/** What the install script of tfjs-node-gpu 4.22 downloads where scripts are allowed: libtensorflow 2.9.1 for CUDA 11. */
function tfjsNodeBinary(nodePackage: string): InstalledPack | undefined {
  const folder = join(nodePackage, 'deps/lib')
  if (!existsSync(join(folder, 'libtensorflow.so.2'))) return undefined
  return {
    name: 'tfjs-node-gpu-4.22.0',
    kind: 'native-gpu',
    library: 'TensorFlow',
    version: '2.9.1',
    bytes: 0,
    folder,
    origin: 'tfjs-node-gpu',
    cuda: 11
  }
}

function tfjsNodeFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'))
  } catch {
    return undefined
  }
}
