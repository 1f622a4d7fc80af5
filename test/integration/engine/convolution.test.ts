import { describeConvolutions } from '../../support/engine/convolution-suite.ts'

describeConvolutions('cpu')
describeConvolutions('wasm')
