import { describe, expect, test } from 'vitest'
import { CoarseParts, type GrayPicture, likeness, turns } from '../../../../src/main/images/likeness.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

/** Bright discs on dark ground. */
function discs(seed: number, side = 64): GrayPicture {
  const random = new RandomStream(seed, 'discs')
  const pixels = new Uint8Array(side * side).fill(20)
  for (let disc = 0; disc < 6; disc++) {
    const [cx, cy, radius] = [random.integer(side), random.integer(side), 3 + random.integer(6)]
    for (let at = 0; at < pixels.length; at++) {
      if (Math.hypot((at % side) - cx, Math.floor(at / side) - cy) <= radius) pixels[at] = 200
    }
  }
  return { pixels, width: side, height: side }
}

const whole = { x: 0, y: 0, side: 64 }

function described(picture: GrayPicture): Float32Array {
  return new CoarseParts(picture).describe(whole, 8) ?? expect.fail('there is something to be seen')
}

describe('Two pictures', () => {
  test('are alike whatever their brightness and contrast', () => {
    const picture = discs(1)
    const darker = { ...picture, pixels: picture.pixels.map((value) => 10 + value / 3) }
    expect(likeness(described(picture), described(darker))).toBeGreaterThan(0.99)
  })

  test('of other cells are not alike', () => {
    const others = Array.from({ length: 20 }, (_, seed) => likeness(described(discs(1)), described(discs(seed + 2))))
    expect(Math.max(...others)).toBeLessThan(0.8)
  })

  test('are alike where one is the other turned or mirrored', () => {
    const picture = discs(3)
    const { pixels, width } = picture
    const turned = {
      ...picture,
      pixels: pixels.map((_, at) => pixels[(width - 1 - (at % width)) * width + Math.floor(at / width)] ?? 0)
    }
    const best = Math.max(...turns(described(picture), 8).map((each) => likeness(each, described(turned))))
    expect(likeness(described(picture), described(turned))).toBeLessThan(0.8)
    expect(best).toBeGreaterThan(0.99)
  })

  test('with nothing in them are not described', () => {
    const empty = { pixels: new Uint8Array(64 * 64).fill(40), width: 64, height: 64 }
    expect(new CoarseParts(empty).describe(whole, 8)).toBeUndefined()
  })
})
