import { describeExtension } from '../../support/engine/extension-suite.ts'

describeExtension('wasm')
