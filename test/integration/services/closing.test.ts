import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { PictureLook, viewPath } from '../../../src/shared/pictures.ts'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

const rounds = 60
const pictures = 4
const longestWait = 400 // ms, by when all are drawn

/** A thread that came to rest in `Atomics.wait` missed its end within so many rounds, each time that it was tried. */
test('an app can be closed at any moment while it draws pictures', { timeout: 300_000 }, async () => {
  for (let round = 0; round < rounds; round++) {
    const folder = await temporaryFolder()
    await makeSyntheticSet(join(folder, 'synthetic/s-test'), pictures)
    const { app } = await openTestApp(folder)
    const looks = PictureLook.options.flatMap((look) =>
      Array.from({ length: pictures }, (_, position) => viewPath('synthetic', 's-test', position, look))
    )
    const drawn = Promise.allSettled(looks.map((path) => app.picturePath(path)))
    await setTimeout((longestWait * round) / rounds)
    await app.close()
    expect((await drawn).length).toBe(looks.length)
  }
})
