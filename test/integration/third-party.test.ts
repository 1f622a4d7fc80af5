import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { billOfMaterials, noticesText } from '../../scripts/third-party/notices.ts'
import { installerOnly, packedPackages } from '../../scripts/third-party/packages.ts'

const root = resolve(import.meta.dirname, '../..')
const packed = packedPackages(root)
const installers = ['tar', 'rimraf', 'adm-zip', '@mapbox/node-pre-gyp', 'https-proxy-agent']

test('what only the installer of tfjs-node-gpu needs is left out of what is packed, and nothing else', () => {
  const text = readFileSync(join(root, 'build/electron-builder.yml'), 'utf8')
  const { files } = z.object({ files: z.array(z.string()) }).parse(parse(text))
  const left = files.flatMap((file) => /^!node_modules\/\{([^}]*)\}\/\*\*$/.exec(file)?.[1]?.split(',') ?? [])
  const folders = left.map((name) => `node_modules/${name}`)
  const only = installerOnly(root)
  expect(left).toEqual(expect.arrayContaining(installers))
  expect(only.filter((path) => !folders.some((folder) => `${path}/`.startsWith(`${folder}/`)))).toEqual([])
  expect(folders.filter((folder) => !only.includes(folder))).toEqual([])
})

test('each package that is passed on stands in the notices with its licence and the text of it', () => {
  const notices = noticesText(root, packed)
  for (const { name, version, license } of packed) {
    const part = notices
      .split('='.repeat(78))
      .find((each) => each.includes(`${name} ${version}\n\nLicence: ${license}`))
    expect([name, license, (part ?? '').length > 500]).toEqual([name, license, true])
  }
  expect(packed.map(({ name }) => name)).toEqual(expect.arrayContaining(['sharp', 'zod', 'svelte', 'yazl']))
})

test('libvips stands there with the LGPL, the GPL that it refers to, and where its sources are', () => {
  const libvips = packed.filter(({ name }) => name.startsWith('@img/sharp-libvips'))
  expect(libvips.map(({ license }) => license)).toEqual(['LGPL-3.0-or-later'])
  const notices = noticesText(root, libvips)
  expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE')
  expect(notices).toContain('GNU GENERAL PUBLIC LICENSE')
  expect(notices).toContain('github.com/lovell/sharp-libvips')
})

test('the bill of materials names each of them with version, licence and checksum', () => {
  const { components } = billOfMaterials('0.1.0', packed)
  expect(components).toHaveLength(packed.length)
  const sharp = components.find(({ name }) => name === 'sharp')
  expect(sharp).toMatchObject({
    purl: `pkg:npm/sharp@${sharp?.version ?? ''}`,
    licenses: [{ expression: 'Apache-2.0' }]
  })
  for (const { hashes } of components) {
    expect(hashes?.[0]).toMatchObject({ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) as unknown })
  }
  for (const name of installers.slice(0, 4)) expect(components.map((each) => each.name)).not.toContain(name)
})
