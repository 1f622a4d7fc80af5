import { afterEach, expect, test, vi } from 'vitest'
import { DesktopTransport } from '../../../../src/renderer/transport/desktop.ts'
import { type Desktop } from '../../../../src/shared/desktop.ts'

const desktop = (more: Partial<Desktop>): Desktop => ({
  send: () => Promise.resolve({ output: {} }),
  listen: () => () => undefined,
  onGoTo: () => undefined,
  pathOf: () => '',
  ...more
})

afterEach(() => {
  vi.unstubAllGlobals()
})

test('the page goes where the window asks it to, and nowhere else', () => {
  vi.stubGlobal('location', { hash: '' })
  let go: (address: string) => void = () => undefined
  new DesktopTransport(desktop({ onGoTo: (listener) => (go = listener) }))
  go('#/packages/new?open=%2Fusb%2Fa.cytoloom')
  expect(location.hash).toBe('#/packages/new?open=%2Fusb%2Fa.cytoloom')
  for (const address of ['https://example.com/', 'javascript:alert(1)', '']) go(address)
  expect(location.hash).toContain('a.cytoloom')
})

test('pictures have an address of their own, and a file that lies nowhere has no path', async () => {
  const transport = new DesktopTransport(desktop({}))
  expect((await transport.loadPicture('runs/r-1/samples/1.png')).address).toBe(
    'asset://workspace/runs/r-1/samples/1.png'
  )
  expect(transport.pathOf(new File([], 'a.tif'))).toBeUndefined()
})
