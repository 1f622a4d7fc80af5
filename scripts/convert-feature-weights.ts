import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { encodeSafetensors, type TensorMap } from '../src/main/engine/safetensors.ts'
import { readNpz } from '../src/main/files/npz.ts'
import { refuse } from '../src/shared/errors.ts'

/**
 * Makes resources/efficientnet-lite0 from a folder with `weights.npz` (batch normalisation folded in),
 * `architecture.json` and `LICENSE`: node scripts/convert-feature-weights.ts [FOLDER]
 */
const root = resolve(import.meta.dirname, '..')
const source = resolve(process.argv[2] ?? resolve(root, '../shared/data/efficientnet-lite0'))
const target = resolve(root, 'resources/efficientnet-lite0')

const arrays = await readNpz(resolve(source, 'weights.npz'))
const tensors: TensorMap = {}
for (const [name, { shape, data }] of Object.entries(arrays)) {
  tensors[name] = { shape: [...shape], data: Float32Array.from(data) }
}
if (Object.keys(tensors).length === 0) throw refuse(`${source} holds no weights.`)

// Kernels come as 16-bit floats and stay so; biases need all their bits.
const bytes = encodeSafetensors(
  tensors,
  { network: 'EfficientNet-Lite0, ImageNet, without its classifier', license: 'Apache-2.0' },
  (name) => arrays[name]?.dtype === 'f2'
)
await mkdir(target, { recursive: true })
await writeFile(resolve(target, 'weights.safetensors'), bytes)
const architecture: unknown = JSON.parse(await readFile(resolve(source, 'architecture.json'), 'utf8'))
await writeFile(resolve(target, 'architecture.json'), JSON.stringify(architecture) + '\n')
await writeFile(resolve(target, 'LICENSE'), await readFile(resolve(source, 'LICENSE')))
process.stdout.write(`${Object.keys(tensors).length} tensors, ${bytes.length} bytes\n`)
