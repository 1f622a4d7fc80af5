const patience = 1000 // ms between tries
const start = 'data: '

interface Listener {
  onOpen(): void
  onMessage(data: string): void
  onLost(): void
  /** The host is another one now. No more tries follow. */
  onRefused(): void
}

/** Server-sent events over `fetch`, since the browser's own reader of them sends no header. Call the result to end it. */
export function followEvents(open: (signal: AbortSignal) => Promise<Response>, listener: Listener): () => void {
  const ending = new AbortController()
  void follow(open, listener, ending.signal)
  return () => {
    ending.abort()
  }
}

async function follow(
  open: (signal: AbortSignal) => Promise<Response>,
  listener: Listener,
  signal: AbortSignal
): Promise<void> {
  for (;;) {
    const outcome = await followOnce(open, listener, signal)
    if (signal.aborted) return
    if (outcome === 'refused') {
      listener.onRefused()
      return
    }
    listener.onLost()
    await new Promise((resolve) => setTimeout(resolve, patience))
  }
}

async function followOnce(
  open: (signal: AbortSignal) => Promise<Response>,
  listener: Listener,
  signal: AbortSignal
): Promise<'refused' | 'lost'> {
  try {
    const response = await open(signal)
    if (!response.ok || response.body === null) return 'refused'
    listener.onOpen()
    for await (const data of messagesOf(response.body)) listener.onMessage(data)
  } catch {
    // The connection broke.
  }
  return 'lost'
}

/** The data of each message; what only keeps the connection alive is left out. */
async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let unread = ''
  for await (const text of textsOf(body)) {
    const messages = `${unread}${text}`.split('\n\n')
    unread = messages.pop() ?? ''
    for (const message of messages.filter((each) => each.startsWith(start))) yield message.slice(start.length)
  }
}

async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}
