/** Tells everybody who listens. What one of them throws costs neither the others nor whoever tells. */
export function tellAll<T>(listeners: Iterable<(told: T) => void>, told: T, onThrown: (thrown: unknown) => void): void {
  for (const listener of listeners) {
    try {
      listener(told)
    } catch (thrown) {
      onThrown(thrown)
    }
  }
}
