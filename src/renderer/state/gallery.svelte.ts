import { createContext } from 'svelte'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { type Bridge, type Picture } from '../bridge.ts'

export interface GalleryPicture extends SyntheticImage {
  readonly shownImage: Picture
  readonly shownMask: Picture
}

/** The pictures of one synthetic set, each with the coloured preview of its mask. */
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
    const picture = (folder: string, { file }: SyntheticImage) =>
      this.#bridge.picture(`synthetic/${synthetic.id}/${folder}/${file}`)
    this.#pictures = images.map((image) => ({
      ...image,
      shownImage: picture('images', image),
      shownMask: picture('previews', image) // the masks themselves are 16-bit labels: black to the eye
    }))
  }
}

export const [getGallery, setGallery] = createContext<Gallery>()
