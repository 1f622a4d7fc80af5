import { dirname } from 'node:path'
import { describe } from 'vitest'
import { nativeFolder, withoutNative } from '../support/engine/backends.ts'
import { describeExtension } from '../support/engine/extension-suite.ts'

describe.skipIf(nativeFolder === undefined)(`native TensorFlow${withoutNative}`, () => {
  describeExtension('native-cpu', [dirname(nativeFolder ?? '')])
})
