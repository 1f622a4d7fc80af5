import { type Attachment } from 'svelte/attachments'

/** A picture that can be brought to the page. */
export interface PictureSource {
  load(): Promise<LoadedPicture>
}

interface LoadedPicture {
  readonly address: string
  release(): void
}

/**
 * Shows a picture in an image element for as long as both are there.
 *
 * @param patience milliseconds before it is fetched
 */
export function showing(source: PictureSource, patience = 0): Attachment<HTMLImageElement> {
  return (image) => {
    let isShown = true
    let shown: LoadedPicture | undefined

    const load = async () => {
      const loaded = await source.load()
      if (!isShown) {
        loaded.release()
        return
      }
      shown = loaded
      image.src = loaded.address
    }
    const begin = () => void load().catch(() => undefined) // its description stays in its place; why nothing comes, the page says elsewhere
    const timer = patience > 0 ? setTimeout(begin, patience) : undefined
    if (timer === undefined) begin()

    return () => {
      isShown = false
      clearTimeout(timer)
      image.removeAttribute('src') // the element may be that of another picture now
      shown?.release()
    }
  }
}
