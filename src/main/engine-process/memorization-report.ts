import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { type MemorizationReport } from '../../shared/evaluation.ts'
import { expectedShare, findMemorized, type Memorization } from '../engine/metrics/memorization.ts'
import { evenRows, mostInPairs, type PictureFeatures } from '../engine/metrics/sample-quality.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { drawContactSheet, type SheetSample } from '../images/contact-sheet.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { type PictureStream } from './picture-stream.ts'
import { type RealTiles } from './real-tiles.ts'

/** Pairs on the sheet, and the fewest and most that are listed. */
const shown = 8
const mostListed = 100

interface Compared {
  readonly real: RealTiles
  readonly realFeatures: PictureFeatures
  readonly fake: PictureStream
  readonly fakeFeatures: PictureFeatures
  readonly classes: readonly string[]
}

/**
 * Looks for synthetic pictures that repeat real ones, and draws the nearest pairs.
 *
 * @param samplesFolder where the sheet goes; `picture` of the report is its name there
 */
export async function reportMemorization(
  compared: Compared,
  samplesFolder: string,
  iteration: number
): Promise<MemorizationReport> {
  const { real, realFeatures, fakeFeatures, fake, classes } = compared
  const [realRows, fakeRows] = [realFeatures, fakeFeatures].map((set) => evenRows(set.count('all'), mostInPairs))
  const images = [...new Set(real.places.map(({ image }) => image))]
  const found = findMemorized(
    realFeatures.rows(realRows ?? []),
    fakeFeatures.rows(fakeRows ?? []),
    realFeatures.size,
    (realRows ?? []).map((row) => images.indexOf(real.places[row]?.image ?? ''))
  )
  const pairs = found.pairs.map(({ from, to, distance }) => ({
    number: fakeRows?.[from] ?? 0,
    tile: realRows?.[to] ?? 0,
    distance
  }))
  const near = pairs.filter(({ distance }) => distance < (found.threshold ?? 0)).length
  const listed = pairs.slice(0, Math.min(mostListed, Math.max(shown, near)))
  return {
    ...sharesOf(found),
    expected: expectedShare,
    nearest: listed.map(({ number, tile, distance }) => ({
      number,
      class: classes[fake.classes[number] ?? 0] ?? '',
      distance,
      tile: real.places[tile] ?? { image: '', x: 0, y: 0 }
    })),
    picture: await drawPairs(compared, pairs.slice(0, shown), samplesFolder, iteration)
  }
}

function sharesOf({ threshold, share }: Memorization): Pick<MemorizationReport, 'threshold' | 'share'> {
  return threshold === undefined || share === undefined ? {} : { threshold, share }
}

/** Synthetic pictures above, the real tile nearest to each below. */
async function drawPairs(
  { real, fake }: Compared,
  pairs: readonly { readonly number: number; readonly tile: number }[],
  folder: string,
  iteration: number
): Promise<string> {
  const imageChannels = real.channels === 3 ? 3 : 1
  const take = async (pictures: PictureStream, positions: readonly number[]): Promise<SheetSample[]> => {
    const samples: SheetSample[] = []
    for (const position of positions)
      samples.push({ image: await pictures.pixels(position, position + 1), imageChannels })
    return samples
  }
  const rows = [
    {
      title: 'Synthetic, nearest to a real one first',
      samples: await take(
        fake,
        pairs.map(({ number }) => number)
      )
    },
    {
      title: 'The real tile nearest to each',
      samples: await take(
        real,
        pairs.map(({ tile }) => tile)
      )
    }
  ]
  const sheet = drawContactSheet(rows, real.height)
  const file = `nearest-${String(iteration).padStart(6, '0')}.png`
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, file), encodeRgbPng(sheet.pixels, sheet.width, sheet.height))
  return file
}
