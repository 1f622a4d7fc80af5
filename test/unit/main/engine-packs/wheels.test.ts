import { describe, expect, test } from 'vitest'
import { cudaMajor, cudaRequirements, isWheelOf, wheelFor } from '../../../../src/main/engine-packs/wheels.ts'

describe('wheels of TensorFlow', () => {
  test('are known by platform, with their SHA-256', () => {
    expect(wheelFor('native-cpu', 'linux', 'x64')).toMatchObject({ package: 'tensorflow-cpu', version: '2.21.0' })
    expect(wheelFor('native-gpu', 'linux', 'x64').sha256).toMatch(/^9056fbc9/)
    expect(wheelFor('native-cpu', 'darwin', 'arm64').tag).toBe('macosx_12_0_arm64')
  })

  test('are refused with another way where TensorFlow has none', () => {
    expect(() => wheelFor('native-gpu', 'win32', 'x64')).toThrow(
      'There is no TensorFlow pack for a graphics card of this kind of computer (win32-x64).'
    )
  })

  // Lines of METADATA of tensorflow 2.21.0 (PyPI), and of an older writing with brackets.
  test('name the NVIDIA wheels that they need', () => {
    const requirements = cudaRequirements(
      [
        'Requires-Dist: numpy>=1.26.0',
        'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
        "Requires-Dist: nvidia-nccl-cu12 (>=2.27.7) ; extra == 'and-cuda'",
        'Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; (python_version < "3.13") and extra == "gcs-filesystem"'
      ].join('\n')
    )
    expect(requirements.map(({ text }) => text)).toEqual([
      'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
      'nvidia-nccl-cu12>=2.27.7'
    ])
    expect(cudaMajor(requirements)).toBe(12)
    expect(cudaMajor([])).toBeUndefined()
  })

  test('are told by their names, which write _ for -', () => {
    expect(isWheelOf('nvidia_cuda_runtime_cu12-12.9.79-py3-none-any.whl', 'nvidia-cuda-runtime-cu12')).toBe(true)
    expect(isWheelOf('nvidia_cuda_nvrtc_cu12-12.9.79-py3-none-any.whl', 'nvidia-cuda-runtime-cu12')).toBe(false)
  })
})
