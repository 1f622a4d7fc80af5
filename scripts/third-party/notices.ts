import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PackedPackage } from './packages.ts'

/** The texts of licences that packages name without enclosing them. */
const texts: readonly (readonly [name: RegExp, file: string])[] = [
  [/Apache-2\.0/, 'LICENSE'],
  [/\bMIT\b/, 'build/licences/MIT.txt'],
  [/LGPL-3\.0/, 'build/licences/LGPL-3.0.txt'],
  [/LGPL-3\.0/, 'build/licences/GPL-3.0.txt'],
  [/LGPL-3\.0/, 'build/licences/MPL-2.0.txt']
]

const libvips = `The libraries in this folder (libvips and what it is built of, by the table above) are under the LGPL and
other licences. They are files of their own beside the program, unchanged, and may be replaced by other builds of the same
version; their sources and how they are built are at https://github.com/lovell/sharp-libvips.`

/** Whose work is passed on with the program, and under which terms. */
export function noticesText(root: string, packages: readonly PackedPackage[]): string {
  const parts = packages.map(({ name, path, version, license }) =>
    [`${name} ${version}`, `Licence: ${license}`, ...enclosed(root, path, license)].join('\n\n')
  )
  return `CytoLoom is passed on together with the work of others.\n\n${parts.join(`\n\n${'='.repeat(78)}\n\n`)}\n`
}

function enclosed(root: string, path: string, license: string): string[] {
  const own = filesOf(join(root, path), /^(?:licen[cs]e|copying|notice|unlicense)/i)
  if (path.includes('sharp-libvips')) own.push(...filesOf(join(root, path), /^readme/i), libvips)
  if (own.length > 0 && !license.includes('LGPL')) return own
  return [
    ...own,
    ...texts.filter(([name]) => name.test(license)).map(([, file]) => readFileSync(join(root, file), 'utf8').trim())
  ]
}

function filesOf(folder: string, name: RegExp): string[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && name.test(file.name))
  return files.map((file) => readFileSync(join(folder, file.name), 'utf8').trim())
}

/** The same as data (CycloneDX 1.6): what a person who answers for computers compares with lists of known faults. */
export function billOfMaterials(version: string, packages: readonly PackedPackage[]) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', name: 'cytoloom', version, licenses: [{ expression: 'Apache-2.0' }] }
    },
    components: packages.map(({ name, version: own, license, integrity }) => ({
      type: 'library',
      name,
      version: own,
      purl: `pkg:npm/${name.replace('@', '%40')}@${own}`,
      licenses: [{ expression: license }],
      ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] })
    }))
  }
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [kind = '', digest = ''] = integrity.split('-', 2)
  return { alg: kind.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }
}
