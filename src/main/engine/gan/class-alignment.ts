import * as tf from '@tensorflow/tfjs'
import { RandomStream } from '../../../shared/random.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { drawGeneratorInputs } from './draws.ts'
import { type TrainingState } from './training-state.ts'

/** Iterations between two looks, while the classes are being settled. */
const alignmentInterval = 50
/** The least gain in summed cosines for which two classes are exchanged. */
const leastGain = 0.5

/**
 * Gives the generator's classes the names that the discriminator knows them by.
 *
 * Where two classes look like opposites, bright on dark and dark on bright, it is chance which of them the untrained generator
 * paints under which label. Begun the wrong way round, it hardly ever turns: between the two lies a gray that
 * the discriminator takes for fake. The discriminator's embedding (D2D-CE) knows the real classes after some dozens of iterations,
 * so early in a run the generator's pictures are shown to it, and the rows of the generator's class embedding are
 * exchanged where another assignment fits better.
 *
 * @returns for each class the one whose row it took over, or undefined when nothing was exchanged
 */
export async function alignClasses(settings: TrainingSettings, state: TrainingState): Promise<number[] | undefined> {
  const { classes } = settings.network
  const isDue = state.iteration % alignmentInterval === 0 && state.iteration <= settings.alignClassesUntil
  if (!isDue || classes < 2 || settings.d2dCrossEntropy.weight === 0) return undefined
  const order = bestOrder(await likeness(settings, state))
  if (order.every((from, to) => from === to)) return undefined
  for (const generator of [state.generator, state.generatorEma]) {
    tf.tidy(() => generator.mapping.embed.weight.assign(tf.gather(generator.mapping.embed.weight, order)))
  }
  return order
}

/** Mean cosine between the pictures made under label a and the discriminator's proxy of class b: entry [a][b]. */
async function likeness(settings: TrainingSettings, state: TrainingState): Promise<number[][]> {
  const { classes } = settings.network
  const { generator, discriminator, iteration } = state
  const table = tf.tidy(() => {
    const random = new RandomStream(settings.seed, 'class alignment', iteration)
    const proxies = discriminator.proxies(tf.range(0, classes, 1, 'int32'))
    const rows = Array.from({ length: classes }, (_, label) => {
      const inputs = drawGeneratorInputs(random, settings, settings.batch)
      const labels = tf.fill<tf.Rank.R1>([settings.batch], label, 'int32')
      const { samples } = generator.forward({ ...inputs, labels, mixing: undefined })
      const embedding = discriminator.embedding(discriminator.features(samples))
      return tf.mean(tf.matMul(embedding, proxies, false, true), 0)
    })
    return tf.stack(rows) as tf.Tensor2D
  })
  const values = await table.array()
  table.dispose()
  return values
}

/**
 * order[b] = a: class b takes the row of label a. Starts from what is, and exchanges pairs as long as that makes the
 * sum of cosines larger by more than chance.
 */
export function bestOrder(table: readonly (readonly number[])[]): number[] {
  const order = Array.from(table.keys())
  const pairs = order.flatMap((i) => order.slice(i + 1).map((j) => [i, j] as const))
  const fit = (i: number, name: number) => table[order[i] ?? 0]?.[name] ?? 0
  const gain = ([i, j]: readonly [number, number]) => fit(i, j) + fit(j, i) - fit(i, i) - fit(j, j)
  for (;;) {
    const better = pairs.find((pair) => gain(pair) > leastGain)
    if (!better) return order
    const [i, j] = better
    ;[order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0]
  }
}
