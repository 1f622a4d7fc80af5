#!/usr/bin/env node
/**
 * The `cytoloom` command. Any Node can run this file. The Node 24 that npm installed beside the program goes on with it
 * (`npx` mostly starts that one already); another hands over to it.
 */
import { realpathSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { findRuntime, handOver, root } from './runtime.js'

const runtime = findRuntime()
if (realpathSync(runtime) === realpathSync(process.execPath)) {
  module.enableCompileCache() // before the first file with types: to remove them from one costs a third of the start
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'))
  await import('../src/main/cli.ts')
} else {
  handOver(runtime, [join(root, 'src/main/cli.ts'), ...process.argv.slice(2)])
}
