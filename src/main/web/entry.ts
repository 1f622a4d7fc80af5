import { type IncomingMessage, type ServerResponse } from 'node:http'
import { Entry } from '../../shared/web-entry.ts'
import { readInput } from './api.ts'
import { type Guard } from './guard.ts'
import { sendJson, sendText } from './reply.ts'

/** Gives our own page the key for its ticket. The ticket ends with that: an address in a history opens nothing. */
export async function letIn(guard: Guard, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readInput(request)
  if ('refusal' in asked) {
    sendText(response, asked.status, asked.refusal)
    return
  }
  const entry = Entry.safeParse(asked.input)
  const key = entry.success ? guard.exchange(entry.data.ticket) : undefined
  if (key !== undefined) sendJson(response, { key })
  else
    sendText(
      response,
      403,
      'This address was used before, or is from an earlier start of CytoLoom. Open the newest one that it printed.'
    )
}
