import { describe } from 'vitest'
import { nativeFolder, withoutNative } from '../support/engine/backends.ts'
import { describeExactResume } from '../support/engine/exact-resume-suite.ts'

describe.skipIf(nativeFolder === undefined)(`native TensorFlow${withoutNative}`, () => {
  describeExactResume('native-cpu')
})
