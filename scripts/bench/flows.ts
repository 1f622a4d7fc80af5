import { AdamW } from '../../src/main/engine/common/adam-w.ts'
import { createSegmenter } from '../../src/main/engine/segmenter-state.ts'
import { segmenterStep } from '../../src/main/engine/segmentation-step.ts'
import { chooseBackend, type BackendRequest } from '../../src/main/backends/backend.ts'
import { decodeFlows, type NetworkOutput } from '../../src/main/segmentation/decode-flows.ts'
import { flowTargets } from '../../src/main/segmentation/flow-targets.ts'
import { type LabelPicture } from '../../src/main/segmentation/label-picture.ts'
import { SegmenterSettings } from '../../src/shared/segmentation.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { nativePackFor } from '../native-pack.ts'
import { finish } from './finish.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'

const size = { width: 512, height: 512 }
const pictures = 4
const cellsPerPicture = 200

/** Label pictures to flow targets: heat diffusion in every cell. */
export function benchFlowTargets(): Promise<BenchResult> {
  const made = makePictures()
  const work = () => {
    for (const picture of made) flowTargets(picture)
  }
  return Promise.resolve(measure({ name: 'flow-targets', unit: 'images', count: pictures }, work))
}

/** What a network says, to cells: following, seeds, growth, check and holes. */
export function benchFlowDecoding(): Promise<BenchResult> {
  const outputs = makePictures().map(noisyOutput)
  const work = () => {
    for (const output of outputs) decodeFlows(output)
  }
  return Promise.resolve(measure({ name: 'decode flows', unit: 'images', count: pictures }, work))
}

const profiles = {
  quarter: { width: 'quarter', crop: 128 },
  half: { width: 'half', crop: 128 },
  full: { width: 'full', crop: 224 }
} as const

/** A training step of the segmentation network: batch 8, forward, backward and AdamW. */
export async function benchSegmenterStep(profile = 'quarter', engine: BackendRequest = 'auto'): Promise<BenchResult> {
  const chosen = Object.entries(profiles).find(([name]) => name === profile)?.[1] ?? profiles.quarter
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const settings = SegmenterSettings.parse({ ...chosen, iterations: 1 })
  const { batch: count, crop: side, learningRate, weightDecay } = settings
  const network = createSegmenter(settings)
  const optimizer = new AdamW(network, learningRate, weightDecay)
  const random = new RandomStream(0, 'bench')
  const pixels = count * side * side
  const batch = {
    count,
    side,
    image: random.normals(pixels),
    flows: random.normals(2 * pixels),
    cells: random.normals(pixels).map((value) => Number(value > 0))
  }
  const work = () => {
    const loss = segmenterStep(network, optimizer, batch)
    finish(loss)
    loss.dispose()
  }
  const result = measure({ name: `segmenter-step ${profile}`, unit: 'iterations', count: 1 }, work)
  return { ...result, engine: backend.name, threads: backend.threads }
}

/** Ellipses at random places; what two share belongs to the later one. */
function makePictures(): LabelPicture[] {
  return Array.from({ length: pictures }, (_, picture) => {
    const random = new RandomStream(picture, 'flow cells')
    const labels = new Int32Array(size.width * size.height)
    for (let label = 1; label <= cellsPerPicture; label++) {
      const [centreX, centreY] = [size.width * random.uniform(), size.height * random.uniform()]
      const [a, b] = [8 + 14 * random.uniform(), 8 + 8 * random.uniform()]
      paint(labels, label, { centreX, centreY, a, b })
    }
    return { labels, ...size }
  })
}

interface Ellipse {
  readonly centreX: number
  readonly centreY: number
  readonly a: number
  readonly b: number
}

function paint(labels: Int32Array, label: number, { centreX, centreY, a, b }: Ellipse): void {
  for (let y = Math.max(0, Math.floor(centreY - b)); y < Math.min(size.height, centreY + b); y++) {
    for (let x = Math.max(0, Math.floor(centreX - a)); x < Math.min(size.width, centreX + a); x++) {
      if (((x - centreX) / a) ** 2 + ((y - centreY) / b) ** 2 <= 1) labels[y * size.width + x] = label
    }
  }
}

function noisyOutput(picture: LabelPicture, seed: number): NetworkOutput {
  const { flowY, flowX } = flowTargets(picture)
  const random = new RandomStream(seed, 'flow noise')
  const noisy = (flow: Float32Array) => flow.map((value) => 4.5 * value + 0.1 * random.normal())
  const logit = Float32Array.from(picture.labels, (label) => (label > 0 ? 3 : -3) + random.normal())
  return { flowY: noisy(flowY), flowX: noisy(flowX), logit, ...size }
}
