import { type Attachment } from 'svelte/attachments'

/** A picture that can be brought to the page. */
export interface PictureSource {
  load(signal?: AbortSignal): Promise<LoadedPicture>
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
    const leaving = new AbortController()
    let shown: LoadedPicture | undefined

    const load = async () => {
      const loaded = await source.load(leaving.signal)
      if (leaving.signal.aborted) {
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
      leaving.abort() // what nobody sees keeps no connection
      clearTimeout(timer)
      image.removeAttribute('src') // the element may be that of another picture now
      shown?.release()
    }
  }
}
