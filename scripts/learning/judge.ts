import { RealCells } from '../../src/main/engine/metrics/cell-distance.ts'
import { cellVectors } from '../../src/main/engine/metrics/cell-vectors.ts'
import {
  asBrightAsCells,
  blankPicture,
  type CellPicture,
  ToneCount,
  type Tones,
  viewOf
} from '../../src/main/engine/metrics/cell-view.ts'
import { learnForeground, type MaskedPicture, maskFit, meanOf } from '../../src/main/engine/metrics/foreground.ts'
import { type ForegroundModel } from '../../src/shared/set-report.ts'
import { type PictureNetwork } from '../../src/main/engine/networks/picture-network.ts'
import { labelComponents } from '../../src/main/masks/components.ts'
import { decodeGrayMask } from '../../src/main/masks/decode.ts'
import { type LearningTiles, side } from './tiles.ts'

const area = side * side
const grayLevels = 4

/** Pictures [N, 32, 32] and their masks in grays, 0…255; without masks where a run makes none. */
export interface JudgedPictures {
  readonly images: Uint8Array
  readonly masks: Uint8Array | Float32Array | undefined
}

/** What is to be said of pictures. */
export interface Judgement {
  /** 0 as real, 1 as blank; absent without masks. */
  readonly cellDistance?: number
  /** The same where cells are what is as bright as real ones: for all runs alike, with masks or without. */
  readonly cellDistanceByBrightness: number
  /** Of the masks; without them, of what is bright. */
  readonly emptyShare: number
  readonly cellsPerPicture: number
  readonly medianArea: number
  /** Agreement of masks with what looks like cells by real tiles (IoU); absent without masks. */
  readonly maskFit?: number | undefined
}

/** Judges pictures of a learning run by their cells. */
export class LearningJudge {
  readonly #network: PictureNetwork
  readonly #tones: Tones
  readonly #byMask: RealCells
  readonly #byBrightness: RealCells
  readonly #foreground: ForegroundModel | undefined

  private constructor(
    network: PictureNetwork,
    tones: Tones,
    by: { readonly mask: RealCells; readonly brightness: RealCells; readonly foreground: ForegroundModel | undefined }
  ) {
    this.#network = network
    this.#tones = tones
    this.#byMask = by.mask
    this.#byBrightness = by.brightness
    this.#foreground = by.foreground
  }

  /** @param real the real tiles that others are compared with */
  static async of(network: PictureNetwork, real: JudgedPictures): Promise<LearningJudge> {
    const masked = withMasks(real)
    const count = new ToneCount(1)
    for (const picture of masked) count.add(picture)
    const { tones } = count
    const blank = await cellVectors(network, [viewOf(blankPicture(side, tones), tones)])
    const compared = async (pictures: readonly CellPicture[]) => {
      const views = pictures.map((picture) => viewOf(picture, tones))
      return new RealCells(await cellVectors(network, views), blank)
    }
    return new LearningJudge(network, tones, {
      mask: await compared(masked),
      brightness: await compared(withBrightCells(masked, tones)),
      foreground: learnForeground(masked.map(maskedPicture))
    })
  }

  async judge(pictures: JudgedPictures): Promise<Judgement> {
    const plain = withMasks(pictures)
    const bright = withBrightCells(plain, this.#tones)
    const distance = async (real: RealCells, shown: readonly CellPicture[]) => {
      const views = shown.map((picture) => viewOf(picture, this.#tones))
      return real.distanceTo(await cellVectors(this.#network, views)) ?? Number.NaN
    }
    return {
      ...(pictures.masks && { cellDistance: await distance(this.#byMask, plain) }),
      cellDistanceByBrightness: await distance(this.#byBrightness, bright),
      ...countCells(pictures.masks ? plain : bright),
      ...(pictures.masks && { maskFit: this.#fitOf(plain) })
    }
  }

  #fitOf(pictures: readonly CellPicture[]): number | undefined {
    const model = this.#foreground
    return model && meanOf(pictures.map((picture) => maskFit(model, maskedPicture(picture))))
  }
}

/** Every so many-th of the real tiles. */
export function someTiles({ values, count }: LearningTiles, first: number, step: number): JudgedPictures {
  const chosen = Array.from({ length: Math.ceil((count - first) / step) }, (_, i) => first + i * step)
  const plane = (offset: number) =>
    Uint8Array.from({ length: chosen.length * area }, (_, i) => {
      const tile = chosen[Math.floor(i / area)] ?? 0
      return Math.round(values[(tile * area + (i % area)) * 2 + offset] ?? 0)
    })
  return { images: plane(0), masks: plane(1) }
}

function maskedPicture({ pixels, labels }: CellPicture): MaskedPicture {
  return {
    picture: { pixels: Uint8Array.from(pixels), height: side, width: side, channels: 1 },
    foreground: Uint8Array.from(labels, (label) => Number(label > 0))
  }
}

function withMasks({ images, masks }: JudgedPictures): CellPicture[] {
  return Array.from({ length: images.length / area }, (_, i) => ({
    side,
    channels: 1,
    pixels: images.subarray(i * area, (i + 1) * area),
    labels: masks
      ? decodeGrayMask(masks.subarray(i * area, (i + 1) * area), side, side, grayLevels).labels
      : new Uint32Array(area)
  }))
}

function withBrightCells(pictures: readonly CellPicture[], tones: Tones): CellPicture[] {
  return pictures.map((picture) => ({
    ...picture,
    labels: labelComponents(asBrightAsCells(picture, tones), side, side, 8).labels
  }))
}

function countCells(pictures: readonly CellPicture[]) {
  const areas = pictures.map(({ labels }) => {
    const own = new Map<number, number>()
    for (const label of labels) if (label > 0) own.set(label, (own.get(label) ?? 0) + 1)
    return [...own.values()]
  })
  const all = areas.flat().sort((a, b) => a - b)
  return {
    emptyShare: areas.filter((own) => own.length === 0).length / pictures.length,
    cellsPerPicture: all.length / pictures.length,
    medianArea: all[Math.floor(all.length / 2)] ?? 0
  }
}
