import { type NetworkSettings, type TrainingSettings } from '../../shared/training.ts'

/**
 * How much an iteration computes, in multiplications up to a factor that all settings share: the 3×3 convolutions of both
 * networks, which are nearly all of it. Good for the ratio of two settings whose networks differ in size alone.
 */
export function trainingWork({ network, batch }: Pick<TrainingSettings, 'network' | 'batch'>): number {
  return batch * samplingWork(network)
}

/** The same for one sample through one network. */
export function samplingWork({ resolution, channelBase, channelMax }: NetworkSettings): number {
  const channels = (r: number): number => Math.min(Math.floor(channelBase / r), channelMax)
  let work = 0
  for (let r = 4; r <= resolution; r *= 2) {
    const [here, below] = [channels(r), channels(Math.max(4, r / 2))]
    work += r * r * 9 * here * (here + below)
  }
  return work
}
