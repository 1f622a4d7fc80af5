import { type AdaParameters } from '../../src/main/engine/augmentation/ada-parameters.ts'
import { type DiffAugmentParameters } from '../../src/main/engine/augmentation/diff-augment.ts'
import { type GoldenCase } from './golden-case.ts'

/** @param prefix of the arrays' names: a step augments its reals and its fakes differently */
export function diffAugmentParameters(golden: GoldenCase, prefix: string): DiffAugmentParameters {
  const floats = (name: string) => Float32Array.from(golden.numbers(prefix + name))
  const integers = (name: string) => Int32Array.from(golden.numbers(prefix + name))
  return {
    color: { brightness: floats('brightness'), saturation: floats('saturation'), contrast: floats('contrast') },
    shift: integers('shift'),
    cut: integers('cut')
  }
}

/** @param prefix of the arrays' names */
export function adaParameters(golden: GoldenCase, prefix: string): AdaParameters {
  const floats = (name: string) => Float32Array.from(golden.numbers(prefix + name))
  const integers = (name: string) => Int32Array.from(golden.numbers(prefix + name))
  return {
    flip: integers('flip'),
    quarterTurns: integers('rot90'),
    integerShift: integers('shift_int'),
    scale: floats('scale'),
    rotationBefore: floats('rot_pre'),
    anisotropy: floats('aniso'),
    rotationAfter: floats('rot_post'),
    fractionalShift: floats('shift_frac'),
    brightness: floats('brightness'),
    contrast: floats('contrast'),
    lumaFlip: integers('luma_flip'),
    hue: floats('hue'),
    saturation: floats('saturation')
  }
}
