import { describeSecondDerivatives } from '../../support/engine/second-derivatives-suite.ts'

describeSecondDerivatives('cpu', true)
describeSecondDerivatives('wasm', false) // tfjs's wasm backend cannot train depthwise kernels, and no network has one
