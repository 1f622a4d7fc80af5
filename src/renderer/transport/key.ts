import { Entered, entryPath, ticketParameter } from '../../shared/web-entry.ts'

/** Of this tab, and of this address with its port: no other page can read it. */
const place = 'cytoloom-key'

/**
 * The key of this start: for the ticket in the address, or what this tab got earlier, so that it survives a reload. Empty if
 * there is neither; the host then says what to do.
 */
export function takeKey(): Promise<string> {
  const ticket = new URLSearchParams(location.search).get(ticketParameter)
  const kept = sessionStorage.getItem(place) ?? ''
  if (ticket === null) return Promise.resolve(kept)
  history.replaceState(null, '', location.pathname + location.hash) // it must not stay in the address bar
  return exchanged(ticket).then((key) => {
    if (key === undefined) return kept
    sessionStorage.setItem(place, key)
    return key
  })
}

/** Tabs opened from ours get the key with them. The browser copies it only if a script opens them. */
export function takeKeyToNewTabs(): void {
  for (const kind of ['click', 'auxclick'] as const) {
    document.addEventListener(kind, (event) => {
      const isForNewTab =
        event.button === 1 || (event.button === 0 && (event.ctrlKey || event.metaKey || event.shiftKey))
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (!isForNewTab || link?.origin !== location.origin) return
      event.preventDefault()
      window.open(link.href)
    })
  }
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
