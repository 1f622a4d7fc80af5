import { type CellLimits } from '../../shared/masks.ts'
import { type ForegroundModel, type RealClass } from '../../shared/set-report.ts'
import { openHeldOutTiles, openPreparedTiles, readPreparedAbout, type TileRequest } from '../datasets/prepared-tiles.ts'
import { type TileSource } from '../datasets/tile-source.ts'
import { CellTally } from '../engine/metrics/cell-tally.ts'
import { learnForeground, maskFit, meanOf } from '../engine/metrics/foreground.ts'
import { type FlatPicture } from '../engine/metrics/otsu.ts'
import { keepPlausible, type KeptMask, maskedPicture, observePicture, readLevels } from './mask-reader.ts'

/** Pixels of a class that are looked at: as many tiles as that makes, within limits. */
const mostPixels = 2 ** 22
const [fewestTiles, mostTiles] = [16, 200]

interface Tile {
  readonly image: string
  readonly picture: FlatPicture
  readonly mask: KeptMask
}

/**
 * What the real tiles of each class are like: how many cells of what size the training tiles show, how to tell cells from
 * background there, and how well masks and pictures agree by that on tiles that it was not learned from: those of images
 * that training never sees, or of every second image where there are no such.
 *
 * @param between called after each tile; what it throws ends the work
 */
export async function describeRealCells(
  request: TileRequest,
  between: () => Promise<void> = () => Promise.resolve()
): Promise<RealClass[]> {
  const { limits, result } = await readPreparedAbout(request.preparedFolder)
  const [training, heldOut] = [await openPreparedTiles(request), await openHeldOutTiles(request)]
  const side = request.settings.network.resolution
  const channels = request.settings.network.imageChannels
  const described: RealClass[] = []
  for (const [label, name] of request.classes.entries()) {
    const real = limits.find((limit) => limit.class === name)
    const facts = { side, channels, grayLevels: result.prepared.grayLevels, limits: real, between }
    const tiles = await readTiles(training, label, facts)
    const others = heldOut === undefined ? [] : await readTiles(heldOut, label, facts)
    described.push({ class: name, ...describe(tiles, others) })
  }
  return described
}

interface TileFacts {
  readonly side: number
  readonly channels: 1 | 3
  readonly grayLevels: number
  readonly limits: CellLimits | undefined
  readonly between: () => Promise<void>
}

async function readTiles(source: TileSource, label: number, facts: TileFacts): Promise<Tile[]> {
  const { side, channels, grayLevels, limits, between } = facts
  const count = Math.max(fewestTiles, Math.min(mostTiles, Math.floor(mostPixels / side ** 2)))
  const { places, read, readLevels: readMask } = source.evaluationTiles(label, count)
  const tiles: Tile[] = []
  for (const [position, { image }] of places.entries()) {
    const mask = keepPlausible(readLevels(await readMask(position), side, grayLevels), side, limits)
    tiles.push({ image, picture: { pixels: await read(position), height: side, width: side, channels }, mask })
    await between()
  }
  return tiles
}

function describe(tiles: readonly Tile[], heldOut: readonly Tile[]): Omit<RealClass, 'class'> {
  const tally = new CellTally()
  for (const { picture, mask } of tiles) tally.add(observePicture(picture, mask, undefined))
  const { toLearn, toMeasure } = divide(tiles, heldOut)
  const foreground = learnForeground(toLearn.map(({ picture, mask }) => maskedPicture(picture, mask)))
  const fit = foreground && meanOf(toMeasure.map((tile) => fitOf(foreground, tile)))
  const statistics = { ...tally.statistics(), ...(fit === undefined ? {} : { maskFit: fit }) }
  return { statistics, ...(foreground === undefined ? {} : { foreground }) }
}

function fitOf(foreground: ForegroundModel, { picture, mask }: Tile): number | undefined {
  return maskFit(foreground, maskedPicture(picture, mask))
}

/** Tiles to learn from, and others: of held-out images where these show a cell, else every second image is held out. */
function divide(tiles: readonly Tile[], heldOut: readonly Tile[]) {
  if (heldOut.some(({ mask }) => mask.cells > 0)) return { toLearn: tiles, toMeasure: heldOut }
  const images = [...new Set(tiles.map(({ image }) => image))]
  const isSecond = ({ image }: Tile, position: number): boolean =>
    (images.length > 1 ? images.indexOf(image) : position) % 2 === 1
  return {
    toLearn: tiles.filter((tile, position) => !isSecond(tile, position)),
    toMeasure: tiles.filter(isSecond)
  }
}
