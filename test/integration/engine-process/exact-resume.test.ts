import { describeExactResume } from '../../support/engine/exact-resume-suite.ts'

describeExactResume('cpu')
describeExactResume('wasm')
