import { type RunId } from '../../shared/runs.ts'

interface Work {
  readonly pause: AbortController
  readonly ended: PromiseWithResolvers<void>
}

/** The runs that this process trains now, so that a request can pause one, and the end of the app all of them. */
export class RunsAtWork {
  readonly #runs = new Map<RunId, Work>()

  /** @returns what to watch while the run is at work, and what to call when it no longer is */
  begin(id: RunId, stop: AbortSignal): { readonly pause: AbortSignal; readonly end: () => void } {
    const work: Work = { pause: new AbortController(), ended: Promise.withResolvers() }
    const passOn = (): void => work.pause.abort()
    stop.addEventListener('abort', passOn)
    if (stop.aborted) passOn()
    this.#runs.set(id, work)
    return {
      pause: work.pause.signal,
      end: () => {
        stop.removeEventListener('abort', passOn)
        this.#runs.delete(id)
        work.ended.resolve()
      }
    }
  }

  /** @returns whether the run is at work here and will stop at its next safe point */
  pause(id: RunId): boolean {
    this.#runs.get(id)?.pause.abort()
    return this.#runs.has(id)
  }

  /** Resolves when all of them have come to a safe point. */
  async pauseAll(): Promise<void> {
    const all = [...this.#runs.values()]
    for (const { pause } of all) pause.abort()
    await Promise.all(all.map(({ ended }) => ended.promise))
  }
}
