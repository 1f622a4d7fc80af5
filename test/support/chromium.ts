import { type Browser, chromium, type Page } from 'playwright-core'

/** Where `scripts/run-browser-tests.ts` found Chromium. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

export function launchChromium(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(isRoot ? ['--no-sandbox'] : []) // Chromium refuses its sandbox to root
    ]
  })
}

/** Chromium's remark on what our own answers allow the page (docs/security.md). */
const ownSandbox = 'An iframe which has both allow-scripts and allow-same-origin'

/** What must stay empty: console errors, uncaught errors, policy violations, requests to anywhere but the host. */
export function watchForTrouble(page: Page, origin: string): string[] {
  const trouble: string[] = []
  page.on('console', (message) => {
    const isTrouble = message.type() === 'error' || message.type() === 'warning'
    if (isTrouble && !message.text().startsWith(ownSandbox)) trouble.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => {
    trouble.push(`uncaught: ${error.message}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.origin !== origin) trouble.push(`request to ${request.url()}`)
  })
  return trouble
}
