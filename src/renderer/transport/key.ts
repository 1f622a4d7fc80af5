import { z } from 'zod'
import { Entered, entryPath, ticketParameter } from '../../shared/web-entry.ts'

/** Of this tab, and of this address with its port: no other page can read it. */
const place = 'cytoloom-key'
/** How long a tab waits for the others that show this page. */
const patience = 400 // ms

const Word = z.union([z.object({ wanted: z.literal('key') }), z.object({ key: z.string().min(1) })])

/**
 * The key of this start: for the ticket in the address, or what this tab got earlier, so that it survives a reload, or what
 * another tab with this page has. Empty if there is none of these; the host then says what to do.
 */
export async function takeKey(): Promise<string> {
  const ticket = new URLSearchParams(location.search).get(ticketParameter)
  if (ticket !== null) history.replaceState(null, '', location.pathname + location.hash) // it must not stay in the address bar
  const key = ticket === null ? undefined : await exchanged(ticket)
  const kept = key ?? sessionStorage.getItem(place) ?? (await ofAnotherTab())
  if (kept === undefined) return ''
  sessionStorage.setItem(place, kept)
  lend(kept)
  return kept
}

async function exchanged(ticket: string): Promise<string | undefined> {
  try {
    const response = await fetch(entryPath, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ticket })
    })
    return response.ok ? Entered.parse(await response.json()).key : undefined
  } catch {
    return undefined // nobody answers: the first request says so
  }
}

/** Only pages of this very address and port hear what is said in the channel. */
function ofAnotherTab(): Promise<string | undefined> {
  const channel = new BroadcastChannel(place)
  return new Promise<string | undefined>((resolve) => {
    channel.onmessage = ({ data }) => {
      const word = Word.safeParse(data).data
      if (word !== undefined && 'key' in word) resolve(word.key)
    }
    setTimeout(() => {
      resolve(undefined)
    }, patience)
    channel.postMessage({ wanted: 'key' })
  }).finally(() => {
    channel.close()
  })
}

function lend(key: string): void {
  const channel = new BroadcastChannel(place)
  channel.onmessage = ({ data }) => {
    const word = Word.safeParse(data).data
    if (word !== undefined && 'wanted' in word) channel.postMessage({ key })
  }
}
