import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app as electron, type BrowserWindow, type Rectangle, screen, type Size } from 'electron'
import { z } from 'zod'
import { jsonOf } from '../files/json-or-nothing.ts'

const WindowState = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(380).max(20_000),
  height: z.int().min(480).max(20_000),
  isMaximized: z.boolean()
})
type WindowState = z.infer<typeof WindowState>

const first = { width: 1280, height: 900 }
/** So much of a window must be seen for it to be moved, in pixels. */
const handle = 100

/** Where the window was when it was last closed, unless it would not be seen there any more. */
export function windowState(): { readonly bounds: Rectangle | Size; readonly isMaximized: boolean } {
  const kept = WindowState.safeParse(jsonOf(read()))
  if (!kept.success) return { bounds: first, isMaximized: false }
  const { isMaximized, ...bounds } = kept.data
  const { width, height } = bounds
  return { bounds: isSeen(bounds) ? bounds : { width, height }, isMaximized }
}

export function keepWindowState(window: BrowserWindow): void {
  window.on('close', () => {
    const state: WindowState = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
    try {
      writeFileSync(`${place()}.new`, JSON.stringify(state))
      renameSync(`${place()}.new`, place())
    } catch {
      // The next window opens where the first one did.
    }
  })
}

function isSeen(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds)
  const shared = (start: number, length: number, from: number, size: number): number =>
    Math.min(start + length, from + size) - Math.max(start, from)
  return (
    shared(bounds.x, bounds.width, workArea.x, workArea.width) >= handle &&
    shared(bounds.y, bounds.height, workArea.y, workArea.height) >= handle &&
    bounds.y >= workArea.y
  )
}

function read(): string {
  try {
    return readFileSync(place(), 'utf8')
  } catch {
    return '' // the first start
  }
}

function place(): string {
  return join(electron.getPath('userData'), 'window.json')
}
