import { expect, test } from 'vitest'
import { ResultShapes } from '../../../../src/main/backends/result-shapes.ts'

const [float, int] = [1, 3]

function shapesWith(...tensors: [id: number, shape: number[], dtype: number, isConstant?: boolean][]): ResultShapes {
  const shapes = new ResultShapes()
  for (const [id, shape, dtype, isConstant = false] of tensors) shapes.name(id, { shape, dtype }, isConstant)
  return shapes
}

test('calls with operands of the same shapes share a result', () => {
  const shapes = shapesWith([1, [2, 3], float], [2, [3], float], [3, [2, 3], float])
  expect(shapes.keyOf('Mul', [], [1, 2])).toBe(shapes.keyOf('Mul', [], [3, 2]))
  expect(shapes.keyOf('Mul', [], [1, 2])).not.toBe(shapes.keyOf('Mul', [], [2, 1]))
  expect(shapes.keyOf('Mul', [], [1, 2])).not.toBe(shapes.keyOf('Add', [], [1, 2]))
})

test('a constant stands for its values, so that reshapes to two sizes differ', () => {
  const shapes = shapesWith([1, [6], float], [2, [2], int, true], [3, [2], int, true])
  expect(shapes.keyOf('Reshape', [], [1, 2])).not.toBe(shapes.keyOf('Reshape', [], [1, 3]))
})

test('a factor that changes from step to step does not change the shape of a product', () => {
  const shapes = shapesWith([1, [6], float], [2, [], float, true], [3, [], float, true])
  expect(shapes.keyOf('Mul', [], [1, 2])).toBe(shapes.keyOf('Mul', [], [1, 3]))
})

test('whole numbers that are no constants could be sizes, except where they are data', () => {
  const shapes = shapesWith([1, [6], float], [2, [2], int])
  expect(shapes.keyOf('Reshape', [], [1, 2])).toBeUndefined()
  expect(shapes.keyOf('Cast', [], [2])).toBeDefined()
})

test('attributes tell calls apart', () => {
  const shapes = shapesWith([1, [1, 4, 4, 1], float], [2, [3, 3, 1, 1], float])
  const key = (padding: string) => shapes.keyOf('Conv2D', [{ name: 'padding', type: 0, value: padding }], [1, 2])
  expect(key('SAME')).not.toBe(key('VALID'))
})

test('operations whose results depend on values are always asked', () => {
  expect(shapesWith([1, [6], float]).keyOf('Where', [], [1])).toBeUndefined()
})

test('a tensor that is gone is not known any more', () => {
  const shapes = shapesWith([1, [6], float])
  shapes.forget(1)
  expect(shapes.keyOf('Neg', [], [1])).toBeUndefined()
})
