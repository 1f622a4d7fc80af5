/** open: events arrive · lost: trying again · closed: the app is gone, or was started anew at another address. */
export type Connection = 'open' | 'lost' | 'closed'

/** Carries requests and events as plain data. */
export interface Transport {
  send(name: string, input: unknown): Promise<unknown>
  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void
  pictureAddress(path: string): string
}
