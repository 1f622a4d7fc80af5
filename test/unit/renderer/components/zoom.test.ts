import { describe, expect, test } from 'vitest'
import { moved, pixelAt, wholeView, zoomed } from '../../../../src/renderer/components/zoom.ts'

const picture = { width: 1408, height: 1040 }
const stage = { width: 704, height: 704 }
const bounds = { picture, stage }

describe('A picture on its stage', () => {
  test('is whole at first, in the middle', () => {
    expect(wholeView(picture, stage)).toEqual({ scale: 0.5, x: 0, y: 92 })
  })

  test('comes nearer around the pixel that is pointed at', () => {
    const view = wholeView(picture, stage)
    const at = { x: 352, y: 352 }
    const nearer = zoomed(view, 4, at, bounds)
    expect(nearer.scale).toBe(2)
    expect(pixelAt(nearer, at, picture)).toEqual(pixelAt(view, at, picture))
  })

  test('goes no farther than whole, and cannot be moved out of sight', () => {
    const view = wholeView(picture, stage)
    expect(zoomed(view, 0.1, { x: 0, y: 0 }, bounds)).toEqual(view)
    expect(moved(view, 500, 500, bounds)).toEqual(view)
    const nearer = zoomed(view, 4, { x: 0, y: 92 }, bounds)
    expect(moved(nearer, 5000, 0, bounds).x).toBe(0)
    expect(moved(nearer, -5000, 0, bounds).x).toBe(stage.width - picture.width * 2)
  })

  test('has no pixel beside it', () => {
    expect(pixelAt(wholeView(picture, stage), { x: 10, y: 10 }, picture)).toBeUndefined()
  })
})
