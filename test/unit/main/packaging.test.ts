import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageEnding } from '../../../src/shared/packages.ts'

const root = join(import.meta.dirname, '../../..')
const config = z
  .looseObject({
    publish: z.null(),
    fileAssociations: z.array(z.object({ ext: z.string(), mimeType: z.string() }).loose()),
    linux: z.looseObject({ target: z.array(z.string()), maintainer: z.string() }),
    win: z.looseObject({ target: z.array(z.string()) }),
    mac: z.looseObject({
      target: z.array(z.string()),
      hardenedRuntime: z.boolean(),
      entitlements: z.string(),
      entitlementsInherit: z.string()
    }),
    nsis: z.looseObject({
      oneClick: z.boolean(),
      allowToChangeInstallationDirectory: z.boolean(),
      deleteAppDataOnUninstall: z.boolean()
    })
  })
  .parse(parse(readFileSync(join(root, 'build/electron-builder.yml'), 'utf8')))

interface BuilderConfig {
  readonly validateConfiguration: (config: object, log: { readonly isEnabled: boolean; add(): void }) => Promise<void>
}

test('electron-builder knows every key of its configuration, and takes every value', async () => {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
  const { validateConfiguration } = builder('app-builder-lib/out/util/config/config') as BuilderConfig // it has no types there
  const log = { isEnabled: false, add: () => undefined }
  await expect(validateConfiguration(config, log)).resolves.toBeUndefined()
  await expect(validateConfiguration({ ...config, fuses: {} }, log)).rejects.toThrow('unknown property')
})

test('there is an installer with a choice of folder and something to carry about for each system', () => {
  expect(config.win.target).toEqual(['nsis', 'zip'])
  expect(config.nsis).toMatchObject({
    oneClick: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false
  })
  expect(config.linux.target).toEqual(['AppImage', 'deb'])
  expect(config.mac.target).toEqual(['dmg', 'zip'])
})

test('packages are the file type of the program', () => {
  expect(config.fileAssociations.map(({ ext }) => `.${ext}`)).toEqual([packageEnding])
})

test('what is signed for a Mac is hardened, and may do no more than it needs', () => {
  expect(config.mac.hardenedRuntime).toBe(true)
  for (const place of [config.mac.entitlements, config.mac.entitlementsInherit]) {
    const text = readFileSync(join(root, place), 'utf8')
    expect([...text.matchAll(/<key>([^<]*)<\/key>/g)].map((found) => found[1])).toEqual([
      'com.apple.security.cs.allow-jit',
      'com.apple.security.cs.disable-library-validation'
    ])
  }
  expect(existsSync(join(root, 'build/icon.png'))).toBe(true)
})
