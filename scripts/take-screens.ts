/**
 * Takes pictures of the page's screens with Chromium: `node scripts/with-node.js scripts/take-screens.ts OUT [WORKSPACE]`.
 * Without a workspace, the sample and a small study fill one, which takes up to half an hour; of one that is given, a
 * copy is shown. With `--all` every screen is taken at three sizes, in light and dark, with `--only=home,gallery` those alone.
 * What could not be taken is told at the end, and the pictures of before stay.
 */
import { cpSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type App } from '../src/main/app.ts'
import { startWebHost } from '../src/main/web.ts'
import { launchChromium } from '../test/support/chromium.ts'
import { emptyPlaces } from '../test/support/places.ts'
import { openTestApp } from '../test/support/test-app.ts'
import { buildPage } from './build-page.ts'
import { Camera } from './screens/camera.ts'
import { type Home, makeHome } from './screens/home.ts'
import { playFilled, playSample, type Stage } from './screens/scenes.ts'

const words = process.argv.slice(2)
const [out = 'docs/screens', given] = words.filter((word) => !word.startsWith('--'))
const only = words.flatMap((word) => (word.startsWith('--only=') ? word.slice('--only='.length).split(',') : []))

async function main(): Promise<void> {
  await buildPage()
  mkdirSync(out, { recursive: true })
  const home = makeHome(join(import.meta.dirname, '../native'))
  const browser = await launchChromium()
  const camera = new Camera(browser, { out, isAll: words.includes('--all'), only })
  try {
    if (given !== undefined) cpSync(resolve(given), home.workspace, { recursive: true })
    else await showNew(home, camera)
    await show(home, camera, home.engineFolder, async (stage) => {
      if (given === undefined) await playSample(stage)
      await playFilled(stage)
    })
  } finally {
    await browser.close()
    home.remove()
  }
  tell(camera)
}

/** What somebody sees who has nothing yet, not even a pack. */
async function showNew(home: Home, camera: Camera): Promise<void> {
  await show(home, camera, join(home.folder, '.none'), ({ take }) => take(emptyPlaces()))
}

async function show(
  home: Home,
  camera: Camera,
  engineFolder: string,
  play: (stage: Stage) => Promise<void>
): Promise<void> {
  const app = await openTestApp(home.workspace, { engineFolder, programPacks: [] })
  const host = await startWebHost(withoutDrives(app.app))
  try {
    await camera.scene('the rest', () => play({ app, home, camera, take: (places) => camera.take(host, places) }))
  } finally {
    await host.close()
    await app.app.close()
  }
}

/** The drives of the computer that takes the pictures are nobody's business. */
function withoutDrives(app: App): App {
  const list = app.handlers['files.list']
  const listed: typeof list = async (input, context) => {
    const found = await list(input, context)
    return { ...found, places: found.places.filter(({ path }) => path === found.places[0]?.path || path === '/') }
  }
  return { ...app, handlers: { ...app.handlers, 'files.list': listed } }
}

function tell({ failures, taken }: Camera): void {
  process.stdout.write(`${taken} pictures are in ${out}.\n`)
  if (failures.length === 0) return
  process.stderr.write(`Not taken:\n${failures.map((failure) => `  ${failure.split('\n', 1)[0] ?? ''}\n`).join('')}`)
  process.exitCode = 1
}

await main()
