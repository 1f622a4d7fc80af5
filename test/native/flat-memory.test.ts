import { describe } from 'vitest'
import { nativeFolder, withoutNative } from '../support/engine/backends.ts'
import { describeFlatMemory } from '../support/engine/flat-memory-suite.ts'

describe.skipIf(nativeFolder === undefined)(`native TensorFlow${withoutNative}`, () => {
  describeFlatMemory('native-cpu')
})
