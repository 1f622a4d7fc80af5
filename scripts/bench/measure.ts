import { type BenchResult } from './result.ts'

/** Runs the work until the compiler has warmed up, then at least 10 times and for a second. */
export function measure(
  { name, unit, count }: { readonly name: string; readonly unit: string; readonly count: number },
  work: () => void
): BenchResult {
  for (let i = 0; i < 3; i++) work()
  const seconds: number[] = []
  const start = performance.now()
  while (seconds.length < 10 || performance.now() - start < 1000) {
    const before = performance.now()
    work()
    seconds.push((performance.now() - before) / 1000)
  }
  seconds.sort((a, b) => a - b)
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0
  return { name, threads: 1, seconds: { min: seconds[0] ?? 0, median }, unit, perSecond: count / median }
}
