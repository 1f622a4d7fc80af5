/**
 * Holds package-lock.json to two promises: it names no download address, and it describes every optional package that
 * package.json asks for (a lockfile written after a partial installation lacks some, and `npm ci` then refuses it).
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Lock = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.string().optional(), version: z.string().optional() }))
})
const Package = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string())
})

const lock = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))
const { dependencies, devDependencies, optionalDependencies } = Package.parse(
  JSON.parse(readFileSync('package.json', 'utf8'))
)

const problems = Object.entries(lock.packages)
  .filter(([, entry]) => entry.resolved !== undefined)
  .map(([path]) => `${path} carries a download address`)

for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
  const described = lock.packages[`node_modules/${name}`]?.version
  if (described !== version)
    problems.push(`${name} is ${version} in package.json and ${described ?? 'absent'} in the lockfile`)
}

if (problems.length > 0) {
  process.stderr.write(`package-lock.json: ${problems.join('; ')}. Run npm install with the project's .npmrc.\n`)
  process.exitCode = 1
}
