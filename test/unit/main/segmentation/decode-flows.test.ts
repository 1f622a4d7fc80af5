import { expect, test } from 'vitest'
import { decodeFlows, strictDecoding } from '../../../../src/main/segmentation/decode-flows.ts'
import { flowTargets } from '../../../../src/main/segmentation/flow-targets.ts'
import { followFlows } from '../../../../src/main/segmentation/follow-flows.ts'
import { type LabelPicture } from '../../../../src/main/segmentation/label-picture.ts'
import { disc, paintDiscs } from '../../../support/discs.ts'

/** What a perfect network would say. */
function outputFor(picture: LabelPicture) {
  const { flowY, flowX } = flowTargets(picture)
  return {
    flowY: flowY.map((value) => 5 * value),
    flowX: flowX.map((value) => 5 * value),
    logit: Float32Array.from(picture.labels, (label) => (label > 0 ? 6 : -6)),
    width: picture.width,
    height: picture.height
  }
}

const touching = paintDiscs(64, 40, [disc(20, 16, 10), disc(20, 37, 10)])

test('two discs that touch come back as they were, with high scores', () => {
  const { labels, count, scores } = decodeFlows(outputFor(touching))
  expect(count).toBe(2)
  const names = new Map([...touching.labels].map((label, pixel) => [label, labels[pixel]]))
  expect([...labels]).toEqual([...touching.labels].map((label) => names.get(label)))
  for (const score of scores) expect(score).toBeGreaterThan(0.95)
})

test('a cell whose flow contradicts it is dropped, unless everything is kept', () => {
  const output = outputFor(touching)
  for (const [pixel, label] of touching.labels.entries()) {
    if (label !== 2) continue
    // As strong, but half of it turned about: pixels still gather somewhere.
    if (pixel % 64 > 34) output.flowY[pixel] = -3 * (output.flowY[pixel] ?? 0)
  }
  const all = decodeFlows(output, { ...strictDecoding, flowErrorUpTo: Infinity })
  const sound = decodeFlows(output)
  expect(sound.count).toBeLessThan(all.count)
  expect(Math.min(...all.scores)).toBeLessThan(0.7)
})

test('holes are filled, and what is small or fills the picture is dropped', () => {
  const ring = paintDiscs(48, 48, [disc(24, 24, 12)])
  const output = outputFor(ring)
  output.logit[19 * 48 + 22] = -6
  expect(decodeFlows(output).labels[19 * 48 + 22]).toBe(1)
  expect(decodeFlows(output, { ...strictDecoding, minArea: 1000 }).count).toBe(0)
  expect(decodeFlows(outputFor(paintDiscs(20, 20, [disc(10, 10, 9)]))).count).toBe(0)
})

test('nothing above the bar gives no cell', () => {
  const size = 16 * 16
  const empty = { flowY: new Float32Array(size), flowX: new Float32Array(size), logit: new Float32Array(size).fill(-1) }
  const { count, labels } = decodeFlows({ ...empty, width: 16, height: 16 })
  expect([count, labels.every((label) => label === 0)]).toEqual([0, true])
})

test('steps that come back to where they were end as all steps would', () => {
  const { flowY, flowX } = flowTargets(touching)
  const pixels = Int32Array.from([...touching.labels.keys()].filter((pixel) => touching.labels[pixel] !== 0))
  const field = { flowY, flowX, width: 64, height: 40 }
  // One step at a time from rounded positions is another computation: whole numbers of steps are compared instead.
  for (const steps of [199, 200, 201]) {
    const { endY, endX } = followFlows(field, pixels, steps)
    const slow = Array.from(pixels, (pixel) => followSlowly(field, pixel, steps))
    expect([...endY]).toEqual(slow.map(([y]) => y))
    expect([...endX]).toEqual(slow.map(([, x]) => x))
  }
})

interface Field {
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  readonly width: number
  readonly height: number
}

function followSlowly({ flowY, flowX, width, height }: Field, pixel: number, steps: number): [number, number] {
  let [y, x] = [Math.floor(pixel / width), pixel % width]
  const at = (flow: Float32Array, row: number, column: number) =>
    flow[Math.min(height - 1, row) * width + Math.min(width - 1, column)] ?? 0
  for (let step = 0; step < steps; step++) {
    const [row, column] = [Math.floor(y), Math.floor(x)]
    const [a, b] = [y - row, x - column]
    const [w11, w10, w01] = [a * b, a - a * b, b - a * b]
    const told = (flow: Float32Array) =>
      at(flow, row, column) * (1 - a - w01) +
      at(flow, row, column + 1) * w01 +
      at(flow, row + 1, column) * w10 +
      at(flow, row + 1, column + 1) * w11
    const [dy, dx] = [told(flowY), told(flowX)]
    y = Math.fround(Math.min(height - 1, Math.max(0, y + dy)))
    x = Math.fround(Math.min(width - 1, Math.max(0, x + dx)))
  }
  return [Math.trunc(y), Math.trunc(x)]
}
