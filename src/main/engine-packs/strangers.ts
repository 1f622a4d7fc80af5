import { basename } from 'node:path'
import { type PackDescription, type StrangerFile } from '../../shared/engine-packs.ts'
import { refuse } from '../../shared/errors.ts'
import { sha256File } from '../files/checksum.ts'
import { describeArchive } from './pack-archive.ts'
import { knownWheels } from './wheels.ts'

/**
 * Which files hold programs that nobody here can vouch for: a pack's hashes are its maker's own, and of wheels only those of
 * TensorFlow are in this program.
 */
export async function strangersAmong(files: readonly string[]): Promise<StrangerFile[]> {
  const strangers: StrangerFile[] = []
  for (const file of files) {
    const description = await describeArchive(file)
    const sha256 = await sha256File(file)
    if (knownWheels().some((known) => known.sha256 === sha256)) continue
    strangers.push({ file, sha256, says: description === undefined ? basename(file) : claimOf(description) })
  }
  return strangers
}

function claimOf({ library, version, sources }: PackDescription): string {
  return `${library} ${version}, made of ${sources.map(({ file }) => file).join(', ')}`
}

/** @throws AppError of kind `input` with whose it says it is, unless each was named as trusted */
export function requireTrust(strangers: readonly StrangerFile[], trust: readonly string[]): void {
  const stranger = strangers.find(({ sha256 }) => !trust.includes(sha256))
  if (stranger === undefined) return
  const { file, says, sha256 } = stranger
  throw refuse(
    `${file} holds programs that would run with your rights. It says that it is ${says}; who made it, CytoLoom cannot tell. Its SHA-256 is ${sha256}.`,
    {
      file,
      next: 'Install it only if you trust whoever made it, and they name the same SHA-256.',
      remedies: [{ action: 'set-option', option: 'trust', value: sha256 }]
    }
  )
}
