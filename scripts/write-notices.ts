import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { billOfMaterials, noticesText } from './third-party/notices.ts'
import { packedPackages } from './third-party/packages.ts'

/** Writes THIRD-PARTY.txt and sbom.cdx.json into `out`, from which the program is packed. */
const root = resolve(import.meta.dirname, '..')
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
const packages = packedPackages(root)
mkdirSync(join(root, 'out'), { recursive: true })
writeFileSync(join(root, 'out/THIRD-PARTY.txt'), noticesText(root, packages))
writeFileSync(join(root, 'out/sbom.cdx.json'), `${JSON.stringify(billOfMaterials(version, packages), null, 2)}\n`)
