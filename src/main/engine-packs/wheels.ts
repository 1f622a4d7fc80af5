import { type PackKind } from '../../shared/engine-packs.ts'
import { refuse } from '../../shared/errors.ts'

/** A Python wheel of TensorFlow from which a pack is made. */
export interface WheelSource {
  readonly package: string
  readonly version: string
  /** The platform tag, as pip spells it. */
  readonly tag: string
  readonly sha256: string
}

/** What has to be in a pack: file names of the two libraries that speak TensorFlow's C interface. */
export const libraryName = /^libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib)$/

export const tensorflowVersion = '2.21.0'

type Wheel = Omit<WheelSource, 'version'>

/** The wheels whose library has been looked at. macOS computes on the processor. */
const wheels: Readonly<Record<string, Wheel>> = {
  'linux-x64-native-cpu': {
    package: 'tensorflow-cpu',
    tag: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c'
  },
  'linux-x64-native-gpu': {
    package: 'tensorflow',
    tag: 'manylinux_2_27_x86_64',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124'
  },
  'linux-arm64-native-cpu': {
    package: 'tensorflow',
    tag: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c'
  },
  'darwin-arm64-native-cpu': {
    package: 'tensorflow',
    tag: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88'
  }
}

/** Those whose contents were looked at, of all computers. */
export function knownWheels(): readonly Pick<WheelSource, 'sha256'>[] {
  return Object.values(wheels)
}

/** @throws AppError 'input' where TensorFlow offers nothing for this computer */
export function wheelFor(kind: PackKind, platform: string = process.platform, arch: string = process.arch) {
  const wheel = wheels[`${platform}-${arch}-${kind}`]
  if (wheel !== undefined) return { ...wheel, version: tensorflowVersion } satisfies WheelSource
  const what = kind === 'native-gpu' ? 'a graphics card' : 'the processor'
  throw refuse(`There is no TensorFlow pack for ${what} of this kind of computer (${platform}-${arch}).`, {
    remedies: [{ action: 'choose-engine', engine: kind === 'native-gpu' ? 'webgpu' : 'wasm' }]
  })
}

/** A requirement of a wheel, as pip takes it: `nvidia-cublas-cu12<13.0,>=12.5.3.2`. */
export interface Requirement {
  readonly package: string
  readonly text: string
}

/** What the extra `and-cuda` of TensorFlow's wheel asks for, read from the wheel's own METADATA. */
export function cudaRequirements(metadata: string): Requirement[] {
  const line = /^Requires-Dist:\s*(nvidia-[a-z\d-]+)([^;]*);.*extra == ["']and-cuda["']/gm
  return [...metadata.matchAll(line)].map(([, name = '', versions = '']) => ({
    package: name,
    text: `${name}${versions.replaceAll(/[\s()]/g, '')}`
  }))
}

/** The major version of CUDA that the requirements name (`…-cu12`). */
export function cudaMajor(requirements: readonly Requirement[]): number | undefined {
  const majors = requirements
    .map(({ package: name }) => /-cu(\d+)$/.exec(name)?.[1])
    .filter((major) => major !== undefined)
  return majors[0] === undefined ? undefined : Number(majors[0])
}

/** Whether a file with this name is a wheel of the package: wheels write `_` for `-`. */
export function isWheelOf(fileName: string, packageName: string): boolean {
  return fileName.toLowerCase().startsWith(`${packageName.replaceAll('-', '_').toLowerCase()}-`)
}
