import { componentAreas, type Components, keepComponents, labelComponents } from './components.ts'
import { largestTones } from './mask-code.ts'

/** How far a pixel's tone leads the next plane in the core of a cell, where full planes lie 2 apart. */
const coreLead = 0.8

/** A mask as a network makes it in tones: row-major, the planes of a pixel one after the other, background first. */
export interface TonePlanes {
  readonly planes: Float32Array
  readonly planeCount: number
  readonly width: number
  readonly height: number
}

/**
 * The pieces of each tone. Blur fills a gap of a pixel or two between cells of one tone, so that they become one piece;
 * but there the tone leads by little. So a piece that falls into several cores, with a clear lead and as large as a cell
 * at least, is as many cells: its pixels go to the core that reaches them first.
 * @param smallestCell in pixels, of the areas of the pieces
 */
export function findTonePieces(mask: TonePlanes, smallestCell: (areas: Uint32Array) => number): Components {
  const { width, height } = mask
  const tones = largestTones(mask.planes, mask.planeCount)
  const pieces = labelComponents(tones, width, height, 8)
  const least = smallestCell(componentAreas(pieces))
  const all = labelComponents(clearTones(mask, tones), width, height, 4)
  const areas = componentAreas(all)
  const cores = keepComponents(all, (core) => (areas[core] ?? 0) >= least)
  return divide(pieces, cores, width)
}

/** Share of the pixels with a tone whose plane leads the next one clearly; 1 for a mask without cells. */
export function measureLead(mask: TonePlanes): number {
  const tones = largestTones(mask.planes, mask.planeCount)
  const clear = clearTones(mask, tones)
  let [found, clearly] = [0, 0]
  for (let pixel = 0; pixel < tones.length; pixel++) {
    if (tones[pixel] !== 0) found++
    if (clear[pixel] !== 0) clearly++
  }
  return found === 0 ? 1 : clearly / found
}

function clearTones({ planes, planeCount }: TonePlanes, tones: Uint8Array): Uint8Array {
  return tones.map((tone, pixel) => {
    const at = pixel * planeCount
    let next = -Infinity
    for (let plane = 0; plane < planeCount; plane++) {
      if (plane !== tone) next = Math.max(next, planes[at + plane] ?? 0)
    }
    return (planes[at + tone] ?? 0) - next >= coreLead ? tone : 0
  })
}

/** Pieces that hold several cores become one for each; the others stay as they are, with a core or without. */
function divide(pieces: Components, cores: Components, width: number): Components {
  const isDivided = piecesOfSeveral(pieces, cores)
  const labels = pieces.labels.map((piece, pixel) => {
    if (isDivided[piece] !== 1) return piece
    const core = cores.labels[pixel] ?? 0
    return core === 0 ? 0 : pieces.count + core
  })
  let front = [...labels.keys()].filter((pixel) => (labels[pixel] ?? 0) > pieces.count)
  while (front.length > 0) front = front.flatMap((pixel) => claimAround(pixel, labels, pieces.labels, width))
  const numbered = { labels, count: pieces.count + cores.count }
  const areas = componentAreas(numbered)
  return keepComponents(numbered, (label) => (areas[label] ?? 0) > 0)
}

/** 1 for each piece that holds more than one core. */
function piecesOfSeveral(pieces: Components, cores: Components): Uint8Array {
  const first = new Uint32Array(pieces.count + 1)
  const several = new Uint8Array(pieces.count + 1)
  for (let pixel = 0; pixel < cores.labels.length; pixel++) {
    const core = cores.labels[pixel] ?? 0
    if (core === 0) continue
    const piece = pieces.labels[pixel] ?? 0
    if (first[piece] === 0) first[piece] = core
    else if (first[piece] !== core) several[piece] = 1
  }
  return several
}

/** Gives the free pixels around this one, of the same piece, to its cell. */
function claimAround(pixel: number, labels: Uint32Array, pieces: Uint32Array, width: number): number[] {
  const column = pixel % width
  const rows = [pixel - width, pixel, pixel + width]
  const around = rows.flatMap((at) => [column > 0 ? at - 1 : -1, at, column < width - 1 ? at + 1 : -1])
  return around.filter((other) => {
    if (labels[other] !== 0 || pieces[other] !== pieces[pixel]) return false
    labels[other] = labels[pixel] ?? 0
    return true
  })
}
