/** Runs a piece of work when the one before it has ended, well or not. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** For what must not be done by two at a time: each waits for those that came before. */
export function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined) // is its own caller's to hear
    return turn
  }
}
