import { type CellLimits } from '../../shared/masks.ts'
import { type NetworkSettings } from '../../shared/training.ts'
import { filterByArea, observeCells } from '../masks/area-filter.ts'
import { decodeGrayMask, decodeToneMask, estimateLevels } from '../masks/decode.ts'
import { applyGrayLevels, grayLevels as evenGrays } from '../masks/gray-levels.ts'
import { countPhantoms } from '../masks/ramps.ts'
import { type ObservedPicture } from '../engine/metrics/cell-tally.ts'
import { maskFit, type MaskedPicture } from '../engine/metrics/foreground.ts'
import { type FlatPicture } from '../engine/metrics/otsu.ts'
import { type ForegroundModel } from '../../shared/set-report.ts'
import { maskGrays, maskPlanes } from './sample-bytes.ts'

/** The cells of a mask, each with a number; 0 is background. */
export interface ReadMask {
  readonly labels: Uint32Array
  readonly cells: number
}

/** Reads the cells out of the masks of one generator. */
export class MaskReader {
  /** A sentence for the user where the masks are not what they should be. */
  readonly warning: string | undefined
  readonly #network: NetworkSettings
  readonly #grayLevels: number
  /** The gray of each label, background first. */
  readonly #levels: readonly number[]

  /** @param samples some of what the generator makes, to see which grays it paints */
  constructor(network: NetworkSettings, grayLevels: number, samples: readonly Float32Array[]) {
    const masks = samples.map((sample) => maskGrays(sample, network))
    const { levels, warning } = estimateLevels(masks, grayLevels)
    this.warning = warning
    this.#network = network
    this.#grayLevels = grayLevels
    this.#levels = levels
  }

  /**
   * @param sample [R, R, image planes + mask planes]
   * @returns the cells, and how many of them are phantoms
   */
  read(sample: Float32Array): ReadMask & { readonly phantoms: number } {
    const [width, height] = [this.#network.resolution, this.#network.resolution]
    const gray = maskGrays(sample, this.#network)
    const { labels, cells } = this.#decode(sample, gray)
    const phantoms = countPhantoms({ labels, cells, gray, width, height, levels: this.#levels })
    return { labels, cells, phantoms }
  }

  #decode(sample: Float32Array, gray: Float32Array | Uint8Array): ReadMask {
    const { resolution: side, maskCode, maskChannels } = this.#network
    if (maskCode === 'gray') return decodeGrayMask(gray, side, side, this.#grayLevels, { levels: this.#levels })
    const planes = maskPlanes(sample, this.#network)
    return decodeToneMask({ planes, planeCount: maskChannels, width: side, height: side })
  }
}

/** The cells of a real tile's label indices, read as those of a generated mask are. */
export function readLevels(levels: Uint8Array, side: number, grayLevels: number): ReadMask {
  return decodeGrayMask(applyGrayLevels(levels, evenGrays(grayLevels)), side, side, grayLevels)
}

/** A mask after the area filter, and as it was read. */
export interface KeptMask extends ReadMask {
  readonly read: Uint32Array
}

/** Takes the cells out that real ones of the class are not like; the picture is kept whatever is left. */
export function keepPlausible(mask: ReadMask, side: number, limits: CellLimits | undefined): KeptMask {
  const kept = limits === undefined ? mask : filterByArea(mask.labels, side, side, limits)
  return { labels: kept.labels, cells: kept.cells, read: mask.labels }
}

/** A picture with the pixels of its cells; where a cell was taken out of the mask, nobody can say what is right. */
export function maskedPicture(picture: FlatPicture, { labels, read }: KeptMask): MaskedPicture {
  return {
    picture,
    foreground: Uint8Array.from(labels, (label) => Number(label > 0)),
    unknown: Uint8Array.from(read, (label, i) => Number(label > 0 && labels[i] === 0))
  }
}

/** What a picture and its mask show. */
export function observePicture(
  picture: FlatPicture,
  mask: KeptMask,
  foreground: ForegroundModel | undefined
): ObservedPicture {
  const { width, height } = picture
  return {
    cells: mask.cells,
    areas: observeCells(mask.labels, width, height, Math.max(width, height)).areas,
    fit: foreground === undefined ? undefined : maskFit(foreground, maskedPicture(picture, mask))
  }
}
