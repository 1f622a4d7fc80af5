import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { NetworkSettings, SkipPath } from '../../../../../src/shared/training.ts'
import { createDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'

beforeAll(() => chooseBackend('cpu'))

const common = { zDim: 512, wDim: 512, channelMax: 512, mergePadding: 'edge', minibatchStdGroup: 8 } as const
const livecell = NetworkSettings.parse({
  ...common,
  generator: 'paper',
  resolution: 512,
  imageChannels: 1,
  maskChannels: 1,
  classes: 8,
  mappingLayers: 2,
  channelBase: 32768,
  embedDim: 2048
})
const tissuenet: NetworkSettings = {
  ...livecell,
  resolution: 256,
  imageChannels: 3,
  classes: 6,
  mappingLayers: 4,
  channelBase: 16384
}
const colour512: NetworkSettings = {
  ...livecell,
  generator: 'stylegan2',
  imageChannels: 3,
  maskChannels: 0,
  classes: 3,
  mappingLayers: 8,
  embedDim: 1024
}

/** Networks whose weights need not be random are quicker to make. */
const zeros = Object.assign(new RandomStream(0), { normals: (count: number) => new Float32Array(count) })

describe('generators have as many parameters as published logs and tables say', () => {
  test.each<[string, NetworkSettings, number]>([
    ['the paper at 512 gray, 8 classes', livecell, 33_376_353],
    ['the paper at 256 colour, 6 classes', tissuenet, 27_443_841],
    ['the same at 512 with 1×1 merges', { ...livecell, skipPath: SkipPath.parse({ mergeKernel: 1 }) }, 29_819_745],
    ['StyleGAN2 at 512 colour, 8 mapping layers', colour512, 30_540_775],
    ['StyleGAN2 at 32 colour, 10 classes', { ...colour512, resolution: 32, classes: 10, mappingLayers: 2 }, 20_215_315],
    ['StyleGAN2 at 512 gray without a mask', { ...livecell, generator: 'stylegan2', maskChannels: 0 }, 28_961_367],
    ['StyleGAN2 at 512 gray with a mask', { ...livecell, generator: 'stylegan2' }, 28_964_383],
    ['StyleGAN2 at 256 colour without a mask', { ...tissuenet, generator: 'stylegan2', maskChannels: 0 }, 23_982_562],
    ['StyleGAN2 at 256 colour with a mask', { ...tissuenet, generator: 'stylegan2' }, 23_985_065]
  ])('%s', (_name, settings, expected) => {
    const generator = createGenerator(settings, zeros)
    expect(generator.countParameters()).toBe(expected)
    generator.dispose()
  })
})

describe('discriminators have as many parameters as published logs and tables say', () => {
  test.each<[string, NetworkSettings, number]>([
    ['512 colour, 3 classes, embedding 1024', colour512, 30_561_857],
    ['512 gray with mask, 8 classes', livecell, 34_248_193],
    ['256 colour with mask, 6 classes', tissuenet, 29_262_465]
  ])('%s', (_name, settings, expected) => {
    const discriminator = createDiscriminator(settings, zeros)
    expect(discriminator.countParameters()).toBe(expected)
    discriminator.dispose()
  })
})

test('the parts of the paper generator at 512 add up', () => {
  const generator = createGenerator(livecell, zeros)
  const sums = { mapping: 0, extract: 0, merge: 0, main: 0 }
  for (const [name, parameter] of generator.parameters()) {
    const part = /^(mapping)|\.(extract|merge)\./.exec(name)
    sums[(part?.[1] ?? part?.[2] ?? 'main') as keyof typeof sums] += parameter.size
  }
  expect(sums).toEqual({ mapping: 792_064, main: 26_623_183, extract: 1_958_704, merge: 4_002_402 })
  generator.dispose()
})
