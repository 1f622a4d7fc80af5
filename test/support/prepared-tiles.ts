import { defaultMaskSettings, type Prepared, PreparedId } from '../../src/shared/masks.ts'

/** Tiles of two classes, as an answer of the app has them. */
export function preparedTiles(changes: Partial<Prepared> = {}): Prepared {
  return {
    id: PreparedId.parse('p-1'),
    name: 'tiles',
    created: '2026-01-01T00:00:00.000Z',
    dataset: 'd-1',
    tile: 64,
    scale: 1,
    channels: 'gray',
    grayLevels: 4,
    mask: defaultMaskSettings,
    seed: 0,
    classes: ['a', 'b'],
    roundTrip: { AP: 1, AP50: 1, AP75: 1 },
    ...changes
  }
}
