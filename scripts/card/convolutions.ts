/**
 * Writes down every convolution of one training iteration with both regularisers, and how often it happens:
 * node scripts/card/convolutions.ts PROFILE ENGINE FILE.json
 */
import { writeFile } from 'node:fs/promises'
import { chooseBackend } from '../../src/main/backends/backend.ts'
import { EngineName } from '../../src/shared/runs.ts'
import { countConvolutions } from '../bench/network-convolutions.ts'
import { iterateOnce } from '../bench/gan-step.ts'
import { nativePackFor } from '../native-pack.ts'

const [profile = 'p64', engineName = 'wasm', file = 'convolutions.json'] = process.argv.slice(2)
const engine = EngineName.parse(engineName)
await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
await writeFile(file, JSON.stringify(await countConvolutions(() => iterateOnce(profile))))
