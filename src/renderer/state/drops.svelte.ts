import { createContext } from 'svelte'
import { type Bridge } from '../bridge.ts'
import { type DroppedFile, droppedFiles, placeOfDrop } from '../transport/dropped.ts'

/** So many at a time: a browser keeps few connections to one host. */
const atATime = 4

/** What is dropped anywhere on the page, brought to where the app can read it. */
export class Drops {
  readonly #bridge: Bridge
  readonly #open: (place: string) => void
  #taker: ((place: string) => void) | undefined
  #left = $state(0)
  isOver = $state(false)

  /** @param open where nothing on the page waits for it */
  constructor(bridge: Bridge, open: (place: string) => void) {
    this.#bridge = bridge
    this.#open = open
  }

  /** Files that are still on their way. */
  get left(): number {
    return this.#left
  }

  /** From now on this takes what is dropped; call the result to end it. */
  takeBy(taker: (place: string) => void): () => void {
    this.#taker = taker
    return () => (this.#taker = undefined)
  }

  async drop(transfer: DataTransfer): Promise<void> {
    this.isOver = false
    const [first] = transfer.files
    const known = first && this.#bridge.desk.pathOf(first) // the window knows where a dropped thing lies
    const place = known ?? (await this.#copy(await droppedFiles(transfer)))
    if (place !== undefined) (this.#taker ?? this.#open)(place)
  }

  /** A browser does not tell where things lie: they are copied to where the app can read them. */
  async #copy(files: readonly DroppedFile[]): Promise<string | undefined> {
    const batch = newBatch()
    const waiting = [...files]
    let folder: string | undefined
    this.#left = files.length
    const carry = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        folder = await this.#bridge.upload(batch, next.path, next.file)
        this.#left--
      }
    }
    try {
      await Promise.all(Array.from({ length: atATime }, carry))
    } finally {
      this.#left = 0
    }
    const paths = files.map(({ path }) => path)
    return folder === undefined ? undefined : placeOfDrop(folder, paths)
  }
}

function newBatch(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const [getDrops, setDrops] = createContext<Drops>()
