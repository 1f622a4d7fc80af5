import { AppError, refuse } from '../../shared/errors.ts'
import { type BufferSource } from './webgpu-buffers.ts'

/** What we use of WebGPU, whose own types belong to browsers. */
export interface Gpu {
  requestAdapter: (options: { powerPreference: 'high-performance' }) => Promise<GpuAdapter | null>
}

interface GpuAdapter {
  readonly info: {
    readonly vendor: string
    readonly architecture: string
    readonly device: string
    readonly description: string
  }
  readonly features: ReadonlySet<string>
  readonly limits: Readonly<Record<string, number>>
  requestDevice: (wanted: { requiredFeatures: string[]; requiredLimits: Record<string, number> }) => Promise<GpuDevice>
}

interface GpuDevice extends BufferSource {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  addEventListener: (type: 'uncapturederror', listen: (event: GpuErrorEvent) => void) => void
}

interface GpuErrorEvent {
  readonly error: { readonly message: string; readonly constructor: { readonly name: string } }
  preventDefault: () => void
}

/** The limits that large tensors need beyond the least that every device promises. */
const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup'
]

/** A graphics card, opened, with what went wrong on it. */
export class WebgpuDevice {
  readonly device: BufferSource
  /** As its driver names it. */
  readonly name: string
  readonly info: GpuAdapter['info']
  #trouble: Error | undefined

  private constructor(device: GpuDevice, info: GpuAdapter['info']) {
    this.device = device
    this.info = info
    this.name = nameOf(info)
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault() // else Dawn prints it
      this.#trouble ??= troubleOf(event)
    })
    void device.lost.then(({ message }) => (this.#trouble = lost(message)))
  }

  static async open(adapter: GpuAdapter): Promise<WebgpuDevice> {
    const device = await adapter.requestDevice({
      requiredFeatures: ['timestamp-query'].filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(raisedLimits.map((limit) => [limit, adapter.limits[limit] ?? 0]))
    })
    return new WebgpuDevice(device, adapter.info)
  }

  /** WebGPU says late what went wrong, and results are then worth nothing: ask before using one. */
  check(): void {
    if (this.#trouble !== undefined) throw this.#trouble
  }
}

/** @throws AppError 'input' when there is no graphics card that WebGPU can use */
export async function findAdapter(gpu: Gpu): Promise<GpuAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw noAdapter()
  return adapter
}

export function noAdapter(cause?: unknown): AppError {
  const how =
    process.platform === 'linux'
      ? 'Install the Vulkan driver of your graphics card (Debian and Ubuntu: mesa-vulkan-drivers and libvulkan1, or that of NVIDIA)'
      : 'Update the driver of your graphics card'
  return refuse('WebGPU finds no graphics card that it can use on this computer.', {
    next: `${how}, or use another engine.`,
    remedies: [{ action: 'choose-engine', engine: 'auto' }],
    cause
  })
}

/** An error of this kind is not the user's; `out of memory` is how the engine process knows the one that is. */
function troubleOf({ error }: GpuErrorEvent): Error {
  const isMemory =
    error.constructor.name === 'GPUOutOfMemoryError' || error.message.includes('exceeds the max buffer size')
  return new Error(`WebGPU: ${isMemory ? 'out of memory: ' : ''}${error.message}`)
}

function lost(message: string): AppError {
  return new AppError('resources', 'The connection to the graphics card was lost.', {
    details: message.trim(),
    next: 'What was saved is safe: resume, or use another engine.',
    remedies: [{ action: 'choose-engine', engine: 'wasm' }]
  })
}

/** The card and its driver. */
function nameOf({ vendor, architecture, device, description }: GpuAdapter['info']): string {
  const card = [device, `${vendor} ${architecture}`.trim()].find((part) => part !== '') ?? 'graphics card'
  return description === '' ? card : `${card} (${description})`
}
