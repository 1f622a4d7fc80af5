import { describe, expect, it } from 'vitest'
import { learningSettings } from '../../../scripts/learning/settings.ts'

const run = { seed: 2, iterations: 4000, generator: 'stylegan2', maskPlanes: 1 } as const

describe('The settings of a learning run', () => {
  it('are those that are asked for', () => {
    const changes = ['network.discriminators=separate', 'r1.gamma=0.1', 'leCam.weight=0.3', 'augmentation.apa=true']
    const settings = learningSettings({ ...run, changes })
    expect(settings.network.discriminators).toBe('separate')
    expect(settings.r1).toMatchObject({ gamma: 0.1, interval: 16 })
    expect(settings.leCam.weight).toBe(0.3)
    expect(settings.augmentation.apa).toBe(true)
  })

  it.each(['discriminators=separate', 'network.discriminator=separate', 'r2.gamma=1'])(
    'know no %s, instead of running without it',
    (change) => {
      const [name = ''] = change.split('=')
      expect(() => learningSettings({ ...run, changes: [change] })).toThrow(`There is no setting ${name}`)
    }
  )
})
