import { describeResampling } from '../../support/engine/resample-suite.ts'

describeResampling('cpu')
describeResampling('wasm')
