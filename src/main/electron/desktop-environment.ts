import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { app as electron } from 'electron'
import { defaultEnvironment, type Environment } from '../environment.ts'
import { chosenWorkspace } from './chosen-workspace.ts'

/**
 * The surroundings of the desktop app. Its engine runs in the Node that comes along as an npm package, not in Electron:
 * the WebGPU and TensorFlow bindings need memory that Electron does not let them share.
 */
export function desktopEnvironment(log: (thrown: unknown) => void): Environment {
  const workspace = chosenWorkspace() ?? ownWorkspace()
  return defaultEnvironment({ nodePath: bundledNode(), log, ...(workspace !== undefined && { workspace }) })
}

function ownWorkspace(): string | undefined {
  const isNamed = process.env['CYTOLOOM_WORKSPACE'] !== undefined
  return electron.isPackaged && !isNamed ? join(electron.getPath('userData'), 'workspace') : undefined
}

function bundledNode(): string {
  const { resolve } = createRequire(import.meta.url)
  const folder = dirname(resolve(`node-${platformName()}-${process.arch}/package.json`))
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function platformName(): string {
  return process.platform === 'win32' ? 'win' : process.platform
}
