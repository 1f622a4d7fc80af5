/** Thrown between two parts of a longer work that is not to be finished. */
export class BrokenOff extends Error {}

/** @returns undefined where the work was broken off */
export async function unlessBrokenOff<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof BrokenOff) return undefined
    throw thrown
  }
}
