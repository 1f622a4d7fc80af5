import { EventEmitter } from 'node:events'

/** The first argument of Electron's events: what would happen next can be prevented. */
export interface Preventable {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

export function newEvent<Extra extends object>(extra: Extra): Extra & Preventable {
  let isPrevented = false
  return Object.defineProperties(extra as Extra & Preventable, {
    defaultPrevented: { get: () => isPrevented },
    preventDefault: { value: () => (isPrevented = true) }
  })
}

export class Emitter extends EventEmitter {
  /** Emits an event that can be prevented; tells whether it was. */
  ask(name: string, extra: object = {}, ...more: unknown[]): boolean {
    const event = newEvent(extra)
    this.emit(name, event, ...more)
    return event.defaultPrevented
  }
}
