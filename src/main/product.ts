import { createRequire } from 'node:module'
import { z } from 'zod'

const load = createRequire(import.meta.url)

/** The version of this program, as package.json states it. */
export const productVersion = z.object({ version: z.string() }).parse(load('../../package.json')).version

/** Name and version as files and pictures state them. */
export const productName = `CytoLoom ${productVersion}`
