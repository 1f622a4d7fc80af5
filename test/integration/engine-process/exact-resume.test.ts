import { describeExactResume } from '../../support/engine/exact-resume-suite.ts'

describeExactResume('cpu')
describeExactResume('wasm')
describeExactResume('wasm', { maskCode: 'tones', maskChannels: 4 })
