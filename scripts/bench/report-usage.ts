import { writeFileSync } from 'node:fs'

/**
 * Loaded into a process before its own code (`node --import`): when it ends it writes what it used, its threads
 * included, to the file that the variable names.
 */
const file = process.env['CYTOLOOM_BENCH_USAGE']
if (file !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    writeFileSync(file, JSON.stringify({ peakBytes: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }))
  })
}
