import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Gallery } from '../../../../src/renderer/state/gallery.svelte.ts'
import { type SyntheticImage, SyntheticId } from '../../../../src/shared/synthetic.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const image: SyntheticImage = {
  file: '000003.png',
  index: 3,
  class: 'stained',
  width: 32,
  height: 32,
  cells: 5,
  removedCells: 1
}
const synthetic = {
  id: SyntheticId.parse('set-9'),
  name: 'Sample',
  created: '2026-11-24T10:15:00.000Z',
  origin: 'Sample',
  iteration: 10,
  seed: 0,
  truncation: 1,
  images: 1,
  cells: 5,
  classes: []
}

describe('Gallery', () => {
  test('shows each picture as it was drawn to be looked at, asked once', async () => {
    const transport = new FakeTransport({ 'synthetic.show': () => ({ synthetic, images: [image] }) })
    const gallery = new Gallery(new Bridge(transport))
    await gallery.show('Sample')
    await gallery.show('Sample')
    expect(transport.sent).toEqual([{ name: 'synthetic.show', input: { name: 'Sample' } }])
    const [picture] = gallery.pictures
    expect(picture).toMatchObject(image)
    expect((await picture?.preview.load())?.address).toBe('picture:synthetic/set-9/previews/000003.png')
    await gallery.show(undefined)
    expect(gallery.pictures).toEqual([])
  })
})
