import { beforeAll, describe, expect, test } from 'vitest'
import { runEngineCase } from '../../parity/engine-cases.ts'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'

beforeAll(() => chooseBackend('cpu'))

/** The quick ones; `npm run parity` takes all of them, on any engine. */
const cases = [
  'adam',
  'adversarial',
  'd2dce',
  'd2dce_one_class',
  'discriminator_one_group',
  'fir',
  'g_step_diffaugment',
  'generator_modified_truncated_mixed',
  'generator_vanilla_rgb16',
  'layers',
  'path_length_baseline_mixed'
]

describe.skipIf(!hasSharedData)(`golden cases of networks, losses and steps${withoutSharedData}`, () => {
  test.each(cases)('%s is within its tolerances', async (name) => {
    for await (const result of runEngineCase(goldenPath('gan', name))) expect(result).toMatchObject({ ok: true })
  })
})
