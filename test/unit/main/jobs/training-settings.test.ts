import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../../src/main/jobs/training-settings.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { TrainRequest } from '../../../../src/shared/runs.ts'
import { NetworkSettings, SkipPath, TrainingSettings } from '../../../../src/shared/training.ts'
import { preparedTiles } from '../../../support/prepared-tiles.ts'

const prepared = preparedTiles()

function wish(changes: object) {
  return TrainRequest.parse({ prepared: 'tiles', name: 'run', ...changes })
}

describe('the settings of a run', () => {
  test('of the paper’s presets are the paper’s (§2.5), shaped by the data', () => {
    const livecell = presetSettings('livecell', { resolution: 512, imageChannels: 1, classes: 8 }, 0)
    expect(livecell).toMatchObject({ iterations: 60_000, batch: 16, evaluateEvery: 500 })
    expect(livecell.network).toMatchObject({ mappingLayers: 2, channelBase: 32768, channelMax: 512, classes: 8 })
    const tissuenet = presetSettings('tissuenet', { resolution: 256, imageChannels: 3, classes: 6 }, 0)
    expect(tissuenet.network).toMatchObject({ mappingLayers: 4, channelBase: 16384, imageChannels: 3 })
    expect(tissuenet.learningRate).toMatchObject({ generator: 0.0005, discriminator: 0.0005 })
    for (const { augmentation } of [livecell, tissuenet]) {
      expect(augmentation).toMatchObject({ ada: 'full', apa: true, diffAugment: ['color', 'translation', 'cutout'] })
      expect(augmentation.adaptation).toEqual({ target: 0.6, interval: 4, kimg: 500, largestProbability: 0.8 })
    }
    expect([livecell.r1.gamma, tissuenet.r1.gamma]).toEqual([3.2768, 0.8192])
    for (const settings of [livecell, tissuenet]) expect(TrainingSettings.parse(settings)).toEqual(settings)
  })

  test('take what was wished, and leave the rest to the preset', () => {
    const settings = settingsOf(
      wish({ preset: 'demo', batch: 6, learningRate: 0.001, augment: ['diffaug'] }),
      prepared,
      2,
      undefined
    )
    expect(settings.batch).toBe(6)
    expect(settings.learningRate).toEqual({ generator: 0.001, discriminator: 0.001, warmUp: 0 })
    expect(settings.augmentation.diffAugment).toEqual(['color', 'translation', 'cutout'])
    expect(settings.network.resolution).toBe(64)
    // The minibatch standard deviation needs groups that divide the batch.
    expect(6 % settings.network.minibatchStdGroup).toBe(0)
  })

  test('show misplaced masks as the recipe has it, where a discriminator of masks is there to see them', () => {
    const of = (changes: object, from?: TrainingSettings) =>
      settingsOf(wish({ mask: true, ...changes }), prepared, 2, from).misplacedMasks.weight
    for (const ours of [{}, { preset: 'demo' }, { preset: 'livecell', recipe: 'ours' }]) expect(of(ours)).toBe(1)
    for (const papers of [{ recipe: 'paper' }, { paper: true }, { preset: 'livecell' }, { preset: 'tissuenet' }]) {
      expect(of(papers)).toBe(0)
    }
    for (const blind of [{ discriminators: 'joint' }, { mask: false }]) expect(of(blind)).toBe(0)
    const joint = presetSettings('livecell', { resolution: 64, imageChannels: 1, classes: 2 }, 0)
    expect(of({}, joint)).toBe(0)
    expect([of({ misplacedMasks: 0 }), of({ misplacedMasks: 0.3 })]).toEqual([0, 0.3])
    for (const without of [{ discriminators: 'joint' }, { mask: false }, { preset: 'livecell' }]) {
      expect(() => of({ misplacedMasks: 1, ...without })).toThrow(
        'Misplaced masks are shown to a discriminator of masks, and this run has none.'
      )
    }
  })

  test('take the networks of a recipe, and single choices before it', () => {
    const of = (wished: object) => {
      const { generator, maskChannels, discriminators } = settingsOf(wish(wished), prepared, 2, undefined).network
      return [generator, maskChannels, discriminators]
    }
    const [ours, paper] = [
      ['stylegan2', 1, 'separate'],
      ['paper', 1, 'joint']
    ]
    expect([of({ preset: 'quick' }), of({ preset: 'demo' })]).toEqual([ours, ours])
    expect([of({ preset: 'livecell' }), of({ preset: 'tissuenet' })]).toEqual([paper, paper])
    expect([of({ recipe: 'paper' }), of({ paper: true }), of({ preset: 'livecell', recipe: 'ours' })]).toEqual([
      paper,
      paper,
      ours
    ])
    expect(of({ generator: 'paper' })).toEqual(['paper', 1, 'separate'])
    expect(of({ discriminators: 'joint' })).toEqual(['stylegan2', 1, 'joint'])
    expect(of({ recipe: 'ours', mask: false })).toEqual(['stylegan2', 0, 'separate'])
  })

  test('of the baseline make images without masks, unless one is wished', () => {
    const { network } = settingsOf(wish({ generator: 'stylegan2' }), prepared, 2, undefined)
    expect(network).toMatchObject({ generator: 'stylegan2', maskChannels: 0 })
    const withMask = settingsOf(wish({ generator: 'stylegan2', mask: true }), prepared, 2, undefined)
    expect(withMask.network).toMatchObject({ generator: 'stylegan2', maskChannels: 1 })
  })

  test('write masks in gray, or in a plane for background and one for each tone', () => {
    const of = (wished: object, set = prepared) => settingsOf(wish(wished), set, 2, undefined).network
    expect(of({})).toMatchObject({ maskCode: 'gray', maskChannels: 1 })
    expect(of({ maskCode: 'tones' })).toMatchObject({ maskCode: 'tones', maskChannels: 5 })
    expect(of({ maskCode: 'tones', generator: 'stylegan2' })).toMatchObject({ maskChannels: 5 })
    expect(of({ maskCode: 'tones' }, { ...prepared, grayLevels: 3 })).toMatchObject({ maskChannels: 4 })
    expect(() => of({ maskCode: 'tones', mask: false })).toThrow(/makes no masks has no code/)
  })

  test('go on with a model in its own code of masks, and in no other', () => {
    const gray = presetSettings('quick', { resolution: 64, imageChannels: 1, classes: 2 }, 0)
    const without = { ...gray, network: { ...gray.network, maskChannels: 0 } }
    const tones = settingsOf(wish({ maskCode: 'tones' }), prepared, 2, undefined)
    const goOn = (wished: object, from: TrainingSettings, set = prepared) =>
      settingsOf(wish(wished), set, 2, from).network
    expect(goOn({}, tones)).toMatchObject({ maskCode: 'tones', maskChannels: 5 })
    expect(goOn({ maskCode: 'tones' }, tones)).toMatchObject({ maskCode: 'tones' })
    expect(() => goOn({ maskCode: 'gray' }, tones)).toThrow(/masks in a plane for each tone, and cannot go on .* gray/)
    expect(() => goOn({ maskCode: 'tones' }, gray)).toThrow(/masks in one gray plane, and cannot go on .* each tone/)
    expect(() => goOn({ maskCode: 'gray' }, without)).toThrow(/makes no masks, and cannot go on/)
    expect(() => goOn({}, tones, { ...prepared, grayLevels: 3 })).toThrow(/masks of 4 tones; those of "tiles" have 3/)
    expect(goOn({}, gray, { ...prepared, grayLevels: 3 })).toMatchObject({ maskCode: 'gray', maskChannels: 1 })
  })

  test('hold exactly the augmentations that were named', () => {
    const of = (...augment: string[]) =>
      settingsOf(wish({ preset: 'livecell', augment }), prepared, 2, undefined).augmentation
    expect(of()).toMatchObject({ ada: 'off', apa: false, diffAugment: [] })
    expect(of('apa', 'cutout')).toMatchObject({ ada: 'off', apa: true, diffAugment: ['cutout'] })
    expect(of('ada', 'diffaug')).toMatchObject({
      ada: 'full',
      apa: false,
      diffAugment: ['color', 'translation', 'cutout']
    })
    const quicker = wish({ preset: 'livecell', adaGeometry: 'bilinear', adaTarget: 0.8, adaKimg: 200 })
    expect(settingsOf(quicker, prepared, 2, undefined).augmentation).toMatchObject({
      ada: 'bilinear',
      adaptation: { target: 0.8, kimg: 200 }
    })
  })

  test('of the literal recipe differ in five places from those of its networks', () => {
    const literal = settingsOf(wish({ preset: 'quick', paper: true }), prepared, 2, undefined)
    const ours = settingsOf(wish({ preset: 'quick', recipe: 'paper' }), prepared, 2, undefined)
    expect(literal.network.mergePadding).toBe('zeros')
    expect(literal.r1.gamma).toBe(0.2048)
    expect(literal.alignClassesUntil).toBe(0)
    expect([literal.classDraw, ours.classDraw]).toEqual(['independent', 'grouped'])
    expect([literal.selection, ours.selection]).toEqual(['frechet', 'cells'])
    const { network, r1, alignClassesUntil, classDraw, selection } = ours
    expect({
      ...literal,
      network: { ...literal.network, mergePadding: network.mergePadding },
      r1,
      alignClassesUntil,
      classDraw,
      selection
    }).toEqual(ours)
  })

  test('pick models by their cells in our presets, where there are masks, and by the Fréchet distance in the paper’s', () => {
    const selectionOf = (wished: object) => settingsOf(wish(wished), prepared, 2, undefined).selection
    expect(['quick', 'demo', 'livecell', 'tissuenet'].map((preset) => selectionOf({ preset }))).toEqual([
      'cells',
      'cells',
      'frechet',
      'frechet'
    ])
    expect(selectionOf({ preset: 'quick', mask: false })).toBe('frechet')
    const { selection: _, ...older } = settingsOf(wish({ preset: 'quick' }), prepared, 2, undefined)
    expect(TrainingSettings.parse(older).selection).toBe('frechet') // runs begun before there was a choice
  })

  test('take the faster rate for small tiles with one discriminator, from nothing, unless another is wished', () => {
    const small = { ...prepared, tile: 32 }
    const from = presetSettings('quick', { resolution: 32, imageChannels: 1, classes: 2 }, 0)
    const rateOf = (wished: object, tiles = small, start?: typeof from) =>
      settingsOf(wish(wished), tiles, 2, start).learningRate.generator
    expect(rateOf({ preset: 'quick', discriminators: 'joint' })).toBe(0.005)
    expect(rateOf({ preset: 'quick', recipe: 'paper' })).toBe(0.005)
    expect(rateOf({ preset: 'quick', recipe: 'paper', learningRate: 0.001 })).toBe(0.001)
    const others = [
      rateOf({ preset: 'quick' }),
      rateOf({ preset: 'quick', recipe: 'paper' }, prepared),
      rateOf({ preset: 'quick', discriminators: 'joint' }, small, from),
      rateOf({ preset: 'quick', paper: true }),
      rateOf({ preset: 'demo' }),
      rateOf({ preset: 'livecell' })
    ]
    expect(new Set(others)).toEqual(new Set([0.0025]))
  })

  test('put noise on masks where it is wished, also beside the literal recipe', () => {
    const noise = (wished: object) => settingsOf(wish(wished), prepared, 2, undefined).augmentation.maskNoise
    expect(noise({ maskNoise: 0.1 })).toBe(0.1)
    expect(noise({ maskNoise: 0.1, paper: true })).toBe(0.1)
    expect(noise({})).toBe(0)
  })

  test('take regularisers, warm-up and other readings of the skip path as wished', () => {
    const wished = { r1Interval: 8, pathLengthInterval: 0, warmUp: 100, skipPath: { mergeKernel: 1 } }
    const settings = settingsOf(wish(wished), prepared, 2, undefined)
    expect(settings.r1.interval).toBe(8)
    expect(settings.pathLength.interval).toBe(0)
    expect(settings.learningRate.warmUp).toBe(100)
    expect(settings.network.skipPath).toEqual({ ...SkipPath.parse({}), mergeKernel: 1 })
  })

  test('scale R1 with the batch, as the heuristic does', () => {
    const gamma = (batch: number) => settingsOf(wish({ batch }), prepared, 2, undefined).r1.gamma
    expect(gamma(4)).toBeCloseTo(2 * gamma(8), 10)
  })

  test('refuse micro-batches that leave a remainder, and name those that do not', () => {
    expect(settingsOf(wish({ batch: 6, microBatch: 3 }), prepared, 2, undefined).microBatch).toBe(3)
    expect(() => settingsOf(wish({ batch: 6, microBatch: 4 }), prepared, 2, undefined)).toThrow(
      expect.objectContaining({ next: 'Compute 1, 2, 3 or 6 at a time, or choose another batch.' })
    )
  })

  test('saved before there were such choices get the defaults', () => {
    const { augmentation, network, ...rest } = presetSettings(
      'livecell',
      { resolution: 32, imageChannels: 1, classes: 2 },
      0
    )
    const { skipPath: _path, discriminators: _judges, maskCode: _code, ...oldNetwork } = network
    const { flips, diffAugment } = augmentation
    const old = {
      ...rest,
      network: oldNetwork,
      augmentation: { flips, diffAugment },
      learningRate: { generator: 1, discriminator: 1 }
    }
    const parsed = TrainingSettings.parse(old)
    expect(parsed.augmentation).toMatchObject({
      ada: 'off',
      apa: false,
      maskNoise: 0,
      adaptation: augmentation.adaptation
    })
    expect(parsed.network).toEqual(network)
    expect(parsed.learningRate.warmUp).toBe(0)
  })

  test('with more or fewer planes than the code of masks takes are no settings', () => {
    const { network } = presetSettings('demo', { resolution: 32, imageChannels: 1, classes: 2 }, 0)
    const isFine = (changes: object) => NetworkSettings.safeParse({ ...network, ...changes }).success
    expect([0, 1, 2].map((maskChannels) => isFine({ maskChannels }))).toEqual([true, true, false])
    expect([0, 1, 2, 16, 17].map((maskChannels) => isFine({ maskChannels, maskCode: 'tones' }))).toEqual([
      true,
      false,
      true,
      true,
      false
    ])
  })

  test('weigh no classes where there is one', () => {
    expect(settingsOf(wish({}), prepared, 1, undefined).d2dCrossEntropy.weight).toBe(0)
  })

  test('that start from a model of plain StyleGAN2 may go on at a higher resolution', () => {
    const from = presetSettings('quick', { resolution: 32, imageChannels: 1, classes: 2 }, 0)
    const { network } = settingsOf(wish({}), prepared, 2, from)
    expect(network).toEqual({ ...from.network, resolution: 64 })
    const papers = { ...from, network: { ...from.network, generator: 'paper' as const } }
    expect(() => settingsOf(wish({}), prepared, 2, papers)).toThrow(/made for tiles of 32 pixels/)
    const larger = presetSettings('quick', { resolution: 128, imageChannels: 1, classes: 2 }, 0)
    expect(() => settingsOf(wish({}), prepared, 2, larger)).toThrow(/made for tiles of 128 pixels/)
  })

  test('that start from a model keep its networks, for other classes too', () => {
    const from = presetSettings('quick', { resolution: 64, imageChannels: 1, classes: 5 }, 0)
    const { network } = settingsOf(wish({ preset: 'demo' }), prepared, 2, from)
    expect(network).toEqual({ ...from.network, classes: 2 })
    // And adapt their augmentation five times as fast.
    expect(settingsOf(wish({}), prepared, 2, from).augmentation.adaptation.kimg).toBe(100)
    expect(settingsOf(wish({ adaKimg: 300 }), prepared, 2, from).augmentation.adaptation.kimg).toBe(300)
  })

  test.each([
    [{ ...prepared, tile: 48 }, undefined, /double their size/],
    [
      prepared,
      presetSettings('livecell', { resolution: 32, imageChannels: 1, classes: 2 }, 0),
      /made for tiles of 32 pixels/
    ]
  ])('that cannot fit are refused with a sentence (%#)', (set, from, sentence) => {
    expect(() => settingsOf(wish({}), set, 2, from)).toThrow(sentence)
  })
})
