/** Runs a file with the Node 24 that npm installed: node scripts/with-node.js FILE [ARGUMENT …] */
import { findRuntime, handOver } from './runtime.js'

handOver(findRuntime(), process.argv.slice(2))
