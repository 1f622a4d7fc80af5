import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import koffi from 'koffi'

/** What a process needs to compute with WebGPU on the processor: SwiftShader, which comes with Chromium on Linux. */
export interface SoftwareGpu {
  /** Vulkan's loader. */
  readonly loader: string
  readonly variables: Readonly<Record<string, string>>
}

/** It is slow, and right: for tests where there may be no graphics card. */
export function findSoftwareGpu(): SoftwareGpu | undefined {
  const program = process.env['CHROMIUM_PATH']
  const folders = [...(program === undefined ? [] : [dirname(program)]), '/usr/lib/chromium']
  const folder = folders.find((place) =>
    ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'].every((file) => existsSync(join(place, file)))
  )
  if (folder === undefined) return undefined
  return {
    loader: join(folder, 'libvulkan.so.1'),
    variables: {
      LD_LIBRARY_PATH: folder,
      VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
      XDG_RUNTIME_DIR: '/tmp'
    }
  }
}

/** Append this to the name of a suite that skips without it. */
export const withoutSoftwareGpu =
  findSoftwareGpu() === undefined ? ' (skipped: the software device comes with Chromium on Linux)' : ''

/** Makes it the graphics card of this process, whose library path was read before. */
export function useSoftwareGpu({ loader, variables }: SoftwareGpu): void {
  Object.assign(process.env, variables)
  koffi.load(loader, { global: true })
}
