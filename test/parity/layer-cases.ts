import * as tf from '@tensorflow/tfjs'
import { RandomStream } from '../../src/shared/random.ts'
import { ResidualBlock } from '../../src/main/engine/networks/discriminator.ts'
import { Conv2d, Kernel, minibatchDeviation } from '../../src/main/engine/networks/layers.ts'
import { Extraction, SynthesisLayer, ToRgb } from '../../src/main/engine/networks/modulated-convolution.ts'
import { Module, normalParameter } from '../../src/main/engine/networks/module.ts'
import { downConvolve, firDownsample2, firUpsample2 } from '../../src/main/engine/resample.ts'
import { Adam } from '../../src/main/engine/common/adam.ts'
import { adamSettings, setting } from './case-settings.ts'
import { type GoldenCase } from './golden-case.ts'

const random = new RandomStream(0) // all weights are replaced by the case's

export async function checkFir(golden: GoldenCase): Promise<void> {
  const x = golden.images('in.x')
  const impulse = golden.images('in.impulse')
  await golden.check('out.up', firUpsample2(x))
  await golden.check('out.down', firDownsample2(x))
  await golden.check('out.impulse_up', firUpsample2(impulse))
  await golden.check('out.impulse_down', firDownsample2(impulse))
}

export async function checkLayers(golden: GoldenCase): Promise<void> {
  const x = golden.images('in.x')
  await checkModulated(golden, x)
  const [inputs, outputs] = [setting(golden, 'in'), setting(golden, 'out')]

  const merge = fill(golden, new Conv2d(inputs, outputs, 3, random), { weight: 'weight', bias: 'bias' })
  await golden.check('out.merge', merge.activated(x))
  const down = fill(golden, new Kernel(inputs, outputs, 3, random), { weight: 'weight' })
  await golden.check('out.conv_down', downConvolve(x, down.scaled()))
  const block = fill(golden, new ResidualBlock(inputs, outputs, random), {
    'conv0.weight': 'square.weight',
    'conv0.bias': 'square.bias',
    'conv1.weight': 'weight',
    'conv1.bias': 'bias',
    'skip.weight': 'weight1x1'
  })
  await golden.check('out.d_block', block.forward(x))
  await golden.check('out.minibatch_std', minibatchDeviation(x, setting(golden, 'mbstd_group')))
  for (const network of [merge, down, block]) network.dispose()
}

async function checkModulated(golden: GoldenCase, x: tf.Tensor4D): Promise<void> {
  const w = golden.matrix('in.w')
  const sizes = [setting(golden, 'in'), setting(golden, 'out'), setting(golden, 'w_dim')] as const
  const affine = { 'affine.weight': 'affine.weight', 'affine.bias': 'affine.bias', bias: 'bias' }

  for (const [suffix, isUp] of [
    ['', false],
    ['_up', true]
  ] as const) {
    const layer = new SynthesisLayer(...sizes, isUp, random)
    fill(golden, layer, { ...affine, weight: 'weight', noise_strength: 'noise_strength' })
    await golden.check('out.style', layer.affine.forward(w))
    await golden.check(`out.modconv${suffix}`, layer.convolve(x, w))
    const noise = golden.images(`in.noise${suffix}`)
    await golden.check(`out.synthesis${suffix}`, layer.forward(x, w, noise))
    layer.dispose()
  }
  const toRgb = fill(golden, new ToRgb(...sizes, random), { ...affine, weight: 'weight1x1' })
  const extraction = fill(golden, new Extraction(...sizes, random), { ...affine, weight: 'weight1x1' })
  await golden.check('out.torgb', toRgb.forward(x, w))
  await golden.check('out.extract', extraction.forward(x, w))
  toRgb.dispose()
  extraction.dispose()
}

/** Sets the variables of a layer; `sources` says which array `L.<source>` each takes. */
function fill<T extends Module>(golden: GoldenCase, layer: T, sources: Record<string, string>): T {
  for (const [name, variable] of layer.variables()) {
    const value = golden.tensor(`L.${sources[name] ?? name}`)
    variable.assign(value)
  }
  return layer
}

export async function checkAdam(golden: GoldenCase): Promise<void> {
  const start = golden.vector('in.weight')
  const subject = new OneVector(start.size)
  subject.weight.assign(start)
  const optimizer = new Adam(subject, setting(golden, 'lr'), adamSettings(golden), setting(golden, 'interval'))
  const path: tf.Tensor[] = []
  for (let step = 0; step < setting(golden, 'steps'); step++) {
    optimizer.apply(new Map([['weight', golden.tensor('in.gradients', step)]]))
    path.push(tf.clone(subject.weight))
  }
  await golden.check('out.weights', tf.stack(path))
  optimizer.dispose()
  subject.dispose()
}

class OneVector extends Module {
  readonly weight: tf.Variable<tf.Rank.R1>

  constructor(size: number) {
    super()
    this.weight = normalParameter<tf.Rank.R1>(random, [size])
  }
}
