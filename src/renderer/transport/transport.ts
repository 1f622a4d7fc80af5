/** open: events arrive · lost: trying again · closed: the app is gone, or was started anew at another address. */
export type Connection = 'open' | 'lost' | 'closed'

/** A picture where an image element finds it. */
export interface LoadedPicture {
  readonly address: string
  /** Call it once the picture is no longer shown. */
  release(): void
}

/** How a request travels. */
export interface Manner {
  /** It arrives although the page is left right after. So may only what is small: some ten thousand letters. */
  readonly outlivesPage?: boolean
}

/** Carries requests, events and pictures as plain data. */
export interface Transport {
  send(name: string, input: unknown, manner?: Manner): Promise<unknown>
  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void
  loadPicture(path: string, signal?: AbortSignal): Promise<LoadedPicture>
  /** Where a dropped or chosen file lies. A browser does not tell: only the window's transport has this. */
  pathOf?(file: File): string | undefined
  /**
   * Brings a file of the page to where the app can read it, where the page does not know its place.
   *
   * @param batch what was dropped together
   * @param path of the file below what was dropped
   * @returns the folder of all that was dropped together
   */
  upload?(batch: string, path: string, file: Blob): Promise<string>
}
