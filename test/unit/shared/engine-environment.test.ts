import { expect, test } from 'vitest'
import { engineEnvironment } from '../../../src/shared/engine-environment.ts'

test('gives every library of the engine the same number of threads', () => {
  expect(engineEnvironment(3)).toMatchObject({ OMP_NUM_THREADS: '3', TF_NUM_INTRAOP_THREADS: '3' })
})

test('asks for one thread at least', () => {
  expect(engineEnvironment(0)).toMatchObject({ OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1' })
})

test('holds texts only, as an environment does', () => {
  expect(Object.values(engineEnvironment(2)).every((value) => typeof value === 'string')).toBe(true)
})
