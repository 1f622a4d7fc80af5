/** What the preload gives to the page in the desktop app, and all that it gives. Replies and events are plain data. */
export interface Desktop {
  readonly send: (name: string, input: unknown) => Promise<unknown>
  /** Calls the listener with every event of the app until the returned function is called. */
  readonly listen: (listener: (event: unknown) => void) => () => void
}
