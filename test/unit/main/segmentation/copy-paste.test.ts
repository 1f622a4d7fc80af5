import { expect, test } from 'vitest'
import { pasteCells } from '../../../../src/main/segmentation/copy-paste.ts'
import { flowTargets } from '../../../../src/main/segmentation/flow-targets.ts'
import { trainingPicture } from '../../../../src/main/segmentation/training-picture.ts'
import { warpPicture } from '../../../../src/main/segmentation/warp.ts'
import { RandomStream } from '../../../../src/shared/random.ts'
import { disc, paintDiscs } from '../../../support/discs.ts'

const own = paintDiscs(64, 64, [disc(20, 20, 12), disc(44, 42, 14)])
const others = paintDiscs(64, 64, [disc(16, 16, 8), disc(40, 40, 9)])
const bright = (labels: Int32Array, value: number) => Float32Array.from(labels, (label) => (label > 0 ? value : 0))
const plain = { angle: 0, scale: 1, mirrored: false, centreY: 31.5, centreX: 31.5 }

test('pasted cells are whole, and every flow is that of its cell as it is seen', () => {
  const picture = trainingPicture(bright(own.labels, 50), own)
  const donor = trainingPicture(bright(others.labels, 90), others)
  for (let draw = 0; draw < 8; draw++) {
    const crop = warpPicture(picture, plain, 64)
    pasteCells(crop, donor, new RandomStream(1, 'paste', draw))
    const pasted = [...new Set(crop.labels)].filter((label) => label > 2)
    expect(pasted.length).toBeGreaterThan(0)
    const flows = flowTargets({ labels: crop.labels, width: 64, height: 64 })
    const touched = crop.labels.some((label, i) => label !== picture.labels[i])
    expect(touched).toBe(true)
    for (const [i, label] of crop.labels.entries()) {
      if (label <= 2) continue
      expect(crop.flowY[i]).toBeCloseTo(flows.flowY[i] ?? NaN, 5)
      expect(crop.flowX[i]).toBeCloseTo(flows.flowX[i] ?? NaN, 5)
    }
    const areas = pasted.map((label) => crop.labels.filter((each) => each === label).length)
    const whole = [
      others.labels.filter((label) => label === 1).length,
      others.labels.filter((label) => label === 2).length
    ]
    expect(Math.max(...areas)).toBeLessThanOrEqual(Math.max(...whole))
    expect(whole).toContain(Math.max(...areas))
  }
})

test('a picture without cells that fit changes nothing', () => {
  const crop = warpPicture(trainingPicture(bright(own.labels, 50), own), plain, 64)
  const before = crop.labels.slice()
  const empty = trainingPicture(new Float32Array(64 * 64), paintDiscs(64, 64, []))
  pasteCells(crop, empty, new RandomStream(1, 'paste'))
  pasteCells(crop, trainingPicture(bright(own.labels, 1), paintDiscs(64, 64, [disc(32, 32, 30)])), new RandomStream(2))
  expect(crop.labels).toEqual(before)
})
