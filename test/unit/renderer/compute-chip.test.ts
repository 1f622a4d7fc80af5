import { describe, expect, test } from 'vitest'
import { computeChip } from '../../../src/renderer/shell/compute-chip.ts'
import { type InstalledPack } from '../../../src/shared/engine-packs.ts'

const pack: InstalledPack = {
  name: 'p',
  kind: 'native-cpu',
  library: 'TensorFlow',
  version: '2.9.1',
  bytes: 1,
  folder: '/packs/p',
  origin: 'pack'
}

describe('The compute chip', () => {
  test('names the card that was measured', () => {
    const engine = { name: 'native-gpu', library: 'TensorFlow', device: 'NVIDIA RTX 4070', threads: 1 }
    expect(computeChip(engine, [])).toEqual({ device: 'NVIDIA RTX 4070', isSlow: false })
  })

  test('says that the processor is slow where no pack is installed, or only one with a problem', () => {
    expect(computeChip(undefined, [])).toMatchObject({ isSlow: true })
    expect(computeChip(undefined, [{ ...pack, problem: 'It is damaged.' }])).toMatchObject({ isSlow: true })
    expect(computeChip(undefined, [pack])).toMatchObject({ isSlow: false })
  })

  test('says nothing while nobody knows', () => {
    expect(computeChip(undefined, undefined)).toBeUndefined()
  })
})
