import { z } from 'zod'

/** How a page in a browser comes by the key of this start, and how its requests name it. */
export const keyHeader = 'x-cytoloom-key'
export const entryPath = '/enter'
/** The parameter of an entry address that holds its ticket. */
export const ticketParameter = 'token'

export const Entry = z.object({ ticket: z.string().max(200) })
export const Entered = z.object({ key: z.string() })
