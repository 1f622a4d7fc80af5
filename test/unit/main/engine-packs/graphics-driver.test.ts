import { afterEach, describe, expect, test } from 'vitest'
import { driverProblem, packVariables, parseCards } from '../../../../src/main/engine-packs/graphics-driver.ts'

describe('the driver of a graphics card', () => {
  test("is read from the answer of NVIDIA's tool", () => {
    expect(parseCards('NVIDIA GeForce RTX 4070, 535.183.01\nTesla V100-SXM2-16GB, 535.183.01\n')).toEqual([
      { name: 'NVIDIA GeForce RTX 4070', driver: '535.183.01' },
      { name: 'Tesla V100-SXM2-16GB', driver: '535.183.01' }
    ])
    expect(parseCards('No devices were found\n')).toEqual([])
  })

  test.each([
    ['525.60.13', 12, false],
    ['525.60.12', 12, true],
    ['470.256.02', 12, true],
    ['470.256.02', 11, false],
    ['580.65.06', 13, false],
    ['570.1', 13, true]
  ])('%s with CUDA %i is too old: %s', (driver, cuda, isTooOld) => {
    const problem = driverProblem({ cuda }, [{ name: 'Tesla T4', driver }])
    if (isTooOld) expect(problem).toContain(`The driver of Tesla T4 is too old: it is ${driver}`)
    else expect(problem).toBeUndefined()
  })

  test('is missed where there is none', () => {
    expect(driverProblem({ cuda: 12 }, [])).toContain('No NVIDIA graphics card')
  })
})

describe('the environment of an engine with a pack', () => {
  const before = process.env['LD_LIBRARY_PATH']

  afterEach(() => {
    if (before === undefined) delete process.env['LD_LIBRARY_PATH']
    else process.env['LD_LIBRARY_PATH'] = before
  })

  test('names its NVIDIA libraries before those of the system, once', () => {
    process.env['LD_LIBRARY_PATH'] = '/opt/cuda'
    const pack = { kind: 'native-gpu', folder: '/packs/gpu' } as const
    const { LD_LIBRARY_PATH } = packVariables(pack)
    expect(LD_LIBRARY_PATH).toBe('/packs/gpu/nvidia:/packs/gpu:/opt/cuda')
    process.env['LD_LIBRARY_PATH'] = LD_LIBRARY_PATH
    expect(packVariables(pack)['LD_LIBRARY_PATH']).toBe(LD_LIBRARY_PATH)
  })

  test('stays as it is for the processor', () => {
    expect(packVariables({ kind: 'native-cpu', folder: '/packs/cpu' })).toEqual({})
  })
})
