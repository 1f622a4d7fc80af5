import { expect, test } from 'vitest'
import { trainingPicture } from '../../../../src/main/segmentation/training-picture.ts'
import { drawWarp, warpPicture } from '../../../../src/main/segmentation/warp.ts'
import { RandomStream } from '../../../../src/shared/random.ts'
import { disc, paintDiscs } from '../../../support/discs.ts'

const picture = paintDiscs(96, 80, [disc(30, 28, 14), disc(50, 66, 16)])
const gray = Float32Array.from(picture.labels, (label) => 100 * label + 20)
const trained = trainingPicture(gray, picture)

test('however a crop is turned, enlarged and mirrored, its flows still point to the middles of its cells', () => {
  for (let draw = 0; draw < 12; draw++) {
    const warp = drawWarp(new RandomStream(3, 'warp', draw), trained, 96, 0.5)
    const crop = warpPicture(trained, warp, 96)
    for (const label of [1, 2]) {
      const places = [...crop.labels.keys()].filter((i) => crop.labels[i] === label)
      const isWhole = places.every((i) => i % 96 > 0 && i % 96 < 95 && i > 96 && i < 95 * 96)
      if (places.length === 0 || !isWhole) continue
      const y = places.reduce((sum, i) => sum + Math.floor(i / 96), 0) / places.length
      const x = places.reduce((sum, i) => sum + (i % 96), 0) / places.length
      const away = places.filter((i) => Math.hypot(Math.floor(i / 96) - y, (i % 96) - x) > 5)
      const cosines = away.map((i) => {
        const [dy, dx] = [y - Math.floor(i / 96), x - (i % 96)]
        const [flowY, flowX] = [crop.flowY[i] ?? 0, crop.flowX[i] ?? 0]
        return (dy * flowY + dx * flowX) / Math.hypot(dy, dx) / Math.max(1e-6, Math.hypot(flowY, flowX))
      })
      expect(cosines.reduce((sum, value) => sum + value, 0) / cosines.length).toBeGreaterThan(0.99)
      const area = (trained.labels.filter((each) => each === label).length * warp.scale ** 2) / places.length
      expect(area).toBeGreaterThan(0.95)
      expect(area).toBeLessThan(1.05)
    }
  }
})

test('a crop that is neither turned nor enlarged is a part of the picture', () => {
  const warp = { angle: 0, scale: 1, mirrored: false, centreY: 31.5, centreX: 31.5 }
  const crop = warpPicture(trained, warp, 64)
  expect(crop.labels[30 * 64 + 28]).toBe(1)
  for (const i of [0, 700, 64 * 30 + 20, 64 * 63 + 63]) {
    const place = Math.floor(i / 64) * 96 + (i % 64)
    expect(crop.image[i]).toBe(trained.image[place])
    expect(crop.flowY[i]).toBeCloseTo((trained.flowY[place] ?? 0) / 127, 6)
  }
})

test('beyond the picture there is nothing, and what is ignored in it does not count', () => {
  const ignored = new Uint8Array(96 * 80)
  ignored[5] = 1
  ignored[30 * 96 + 28] = 1 // inside a cell, which counts all the same
  const corner = { angle: 0, scale: 1, mirrored: false, centreY: 0, centreX: 0 }
  const crop = warpPicture(trainingPicture(gray, picture, ignored), corner, 64)
  expect([crop.image[0], crop.labels[0], crop.flowX[0], crop.counted[0]]).toEqual([0, 0, 0, 1])
  const moved = warpPicture(
    trainingPicture(gray, picture, ignored),
    { angle: 0, scale: 1, mirrored: false, centreY: 31.5, centreX: 31.5 },
    64
  )
  expect([moved.counted[5], moved.counted[30 * 64 + 28]]).toEqual([0, 1])
})
