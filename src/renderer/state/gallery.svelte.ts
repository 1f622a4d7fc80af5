import { createContext } from 'svelte'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { type Bridge, type Picture } from '../bridge.ts'

export interface GalleryPicture extends SyntheticImage {
  /** The picture with auto contrast, and beside it the same with its cells outlined. */
  readonly preview: Picture
}

/** The pictures of one synthetic set, as they are to be looked at. */
export class Gallery {
  readonly #bridge: Bridge
  #set: string | undefined
  #pictures = $state.raw<readonly GalleryPicture[]>([])

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  get pictures(): readonly GalleryPicture[] {
    return this.#pictures
  }

  async show(set: string | undefined): Promise<void> {
    if (set === this.#set) return
    this.#set = set
    this.#pictures = []
    if (set === undefined) return

    const { synthetic, images } = await this.#bridge.call('synthetic.show', { name: set })
    if (set !== this.#set) return
    this.#pictures = images.map((image) => ({
      ...image,
      preview: this.#bridge.picture(`synthetic/${synthetic.id}/previews/${image.file}`)
    }))
  }
}

export const [getGallery, setGallery] = createContext<Gallery>()
/** The first pictures of the sample, of the model before it learned from it. */
export const [getFirstGallery, setFirstGallery] = createContext<Gallery>()
