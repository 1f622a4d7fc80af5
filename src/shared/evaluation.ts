import { z } from 'zod'

/** How pictures reach the size of the Inception network; published scores differ in it (gan-engine §7.2). */
export const InceptionResize = z.enum(['tf1', 'pytorch', 'clean'])
export type InceptionResize = z.infer<typeof InceptionResize>
