import { describeFlatMemory } from '../../support/engine/flat-memory-suite.ts'

describeFlatMemory('wasm')
