/** What the preload gives to the page in the desktop app, and all that it gives. Replies and events are plain data. */
export interface Desktop {
  readonly send: (name: string, input: unknown) => Promise<unknown>
  /** Calls the listener with every event of the app until the returned function is called. */
  readonly listen: (listener: (event: unknown) => void) => () => void
  /** Calls the listener with a place in the page (`#/…`) that a menu, a notification or a double-clicked file asks for. */
  readonly onGoTo: (listener: (address: string) => void) => void
  /** Where a dropped or chosen file lies, or '' where it lies nowhere. Takes a `File` of the page. */
  readonly pathOf: (file: object) => string
}
