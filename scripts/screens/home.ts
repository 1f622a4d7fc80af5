import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleFolder } from '../../test/support/test-app.ts'

/** Whose computer the pictures show. */
const neutral = process.platform === 'win32' ? 'C:\\Users\\anna' : '/home/anna'

/** A person's folder with what the pictures show of it: images, a workspace, packs. */
export interface Home {
  readonly folder: string
  readonly workspace: string
  readonly engineFolder: string
  /** Images as people have them: one of the files cannot be read. */
  readonly images: string
  /** A folder with nothing that could be taken. */
  readonly notes: string
  readonly remove: () => void
}

/**
 * A home of somebody's, which the program then takes for the person's own. It is at an address that says nothing of this
 * computer where that may be made, and never a folder that was there before.
 *
 * @param packs folder with packs that this home has
 */
export function makeHome(packs: string): Home {
  const made = makeFolder()
  const remove = (): void => rmSync(made, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove()
      process.exit(1)
    })
  }
  const folder = made === neutral ? made : join(made, 'anna')
  process.env['HOME'] = folder
  process.env['USERPROFILE'] = folder
  const home = {
    folder,
    workspace: join(folder, 'CytoLoom'),
    engineFolder: join(folder, '.local/share/cytoloom-engines'),
    images: join(folder, 'Microscopy/Nuclei, plate 3'),
    notes: join(folder, 'Microscopy/Notes')
  }
  fill(home)
  linkPacks(packs, home.engineFolder)
  return { ...home, remove }
}

function makeFolder(): string {
  try {
    mkdirSync(neutral)
    return neutral
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'cytoloom-screens-'))
    process.stderr.write(`${neutral} is there already or may not be made: the pictures show ${folder} instead.\n`)
    return folder
  }
}

function fill({ folder, images, notes }: Pick<Home, 'folder' | 'images' | 'notes'>): void {
  for (const name of ['Documents', 'Downloads', 'Microscopy/Plates of last year']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  for (const part of ['images', 'labels']) cpSync(join(sampleFolder, part), join(images, part), { recursive: true })
  writeFileSync(join(images, 'images/stained/copied halfway.png'), 'not a picture')
  mkdirSync(notes)
  writeFileSync(join(notes, 'plate 3.txt'), 'Two of the wells were out of focus.\n')
  writeFileSync(join(notes, 'overview.czi'), 'ZISRAWFILE')
}

/** Each pack by a link: what is measured of them is noted in this home. */
function linkPacks(packs: string, engineFolder: string): void {
  mkdirSync(engineFolder, { recursive: true })
  if (!existsSync(packs)) return
  for (const name of readdirSync(packs)) symlinkSync(join(packs, name), join(engineFolder, name), 'junction')
}
