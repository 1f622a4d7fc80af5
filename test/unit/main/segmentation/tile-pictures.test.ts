import { expect, test } from 'vitest'
import { resizeGray, resizeLabels } from '../../../../src/main/segmentation/resize-picture.ts'
import { separatePieces } from '../../../../src/main/segmentation/separate-pieces.ts'
import { TiledPicture } from '../../../../src/main/segmentation/tile-pictures.ts'

test.each([
  [300, 500],
  [37, 53],
  [224, 224]
])(
  'tiles of a picture of %i × %i cover it: what a network says of each pixel comes back to its place',
  (width, height) => {
    const image = Float32Array.from({ length: width * height }, (_, i) => (i % 977) / 977)
    const tiled = new TiledPicture({ image, width, height }, 16)
    const { tileWidth, tileHeight } = tiled
    expect([tileWidth % 16, tileHeight % 16]).toEqual([0, 0])
    for (const tile of tiled.tiles) {
      const pixels = new Float32Array(tileWidth * tileHeight)
      tiled.cut(tile, pixels, 0)
      const output = Float32Array.from(
        { length: 3 * pixels.length },
        (_, i) => (1 + (i % 3)) * (pixels[Math.floor(i / 3)] ?? 0)
      )
      tiled.add(tile, output, 0)
    }
    const { flowY, flowX, logit } = tiled.blended()
    for (const [i, value] of image.entries()) {
      if (i % 101 !== 0) continue
      expect([flowY[i], flowX[i], logit[i]].map((each, map) => (each ?? NaN) / (1 + map))).toEqual(
        [value, value, value].map((each) => expect.closeTo(each, 5) as number)
      )
    }
  }
)

// `transforms.get_pad_yx(height, width)` of Cellpose 3.1.1.3
test.each([
  { width: 256, height: 256, pads: { top: 8, bottom: 8, left: 8, right: 8 } },
  { width: 500, height: 300, pads: { top: 10, bottom: 10, left: 14, right: 14 } },
  { width: 53, height: 37, pads: { top: 13, bottom: 14, left: 13, right: 14 } },
  { width: 1, height: 16, pads: { top: 8, bottom: 8, left: 15, right: 16 } }
])('a picture of $width × $height stands within zeros as Cellpose puts it', ({ width, height, pads }) => {
  const tiled = new TiledPicture({ image: new Float32Array(width * height).fill(1), width, height }, 8)
  const { tileWidth, tileHeight, tiles } = tiled
  const covered = (index: number): { from: number; to: number } => {
    const tile = tiles.at(index)
    const pixels = new Float32Array(tileWidth * tileHeight)
    if (tile !== undefined) tiled.cut(tile, pixels, 0)
    return { from: pixels.indexOf(1), to: pixels.lastIndexOf(1) }
  }
  const { from } = covered(0)
  const { to } = covered(-1)
  expect({
    top: Math.floor(from / tileWidth),
    bottom: tileHeight - 1 - Math.floor(to / tileWidth),
    left: from % tileWidth,
    right: tileWidth - 1 - (to % tileWidth)
  }).toEqual(pads)
})

test('a cell in pieces becomes several, and splinters go', () => {
  const labels = new Int32Array(40 * 8)
  for (const i of labels.keys()) {
    const [y, x] = [Math.floor(i / 40), i % 40]
    if (x < 10 || (x > 12 && x < 22)) labels[i] = 5
    if (x === 39 && y === 0) labels[i] = 5 // one of many pixels
    if (x > 30 && x < 36) labels[i] = 2
  }
  const { labels: pieces } = separatePieces({ labels, width: 40, height: 8 })
  expect([pieces[0], pieces[15], pieces[33], pieces[39]]).toEqual([1, 2, 3, 0])
})

test('a picture that is enlarged and made smaller again is the same in the middle of its areas', () => {
  const size = { width: 20, height: 12 }
  const twice = { width: 40, height: 24 }
  const gray = Float32Array.from({ length: 240 }, (_, i) => (i % 20 < 10 ? 1 : 3))
  const labels = Int32Array.from(gray, (value) => value)
  expect(resizeLabels(resizeLabels(labels, size, twice), twice, size)).toEqual(labels)
  const there = resizeGray(gray, size, twice)
  expect([there[0], there[39], there[12 * 40 + 19], there[12 * 40 + 20]]).toEqual([1, 3, 1.5, 2.5])
})
