import { type Log } from '../import-log.ts'
import { type PictureFacts } from './format.ts'

/** The plane of a stack that an outline was drawn on, from 1; absent where it does not say. */
export interface OutlinePlane {
  readonly z?: number | undefined
  readonly t?: number | undefined
}

/**
 * The outlines that belong to the picture: of a stack, those on the depth and time that were chosen, and those that name
 * none. `undefined` where there are outlines and all of them are on other planes.
 *
 * @param file as the log is to call the picture
 */
export function onChosenPlane<T>(
  outlines: readonly T[],
  planeOf: (outline: T) => OutlinePlane,
  picture: PictureFacts,
  file: string,
  log: Log
): readonly T[] | undefined {
  const { z, t } = chosenPlane(picture)
  const kept = outlines.filter((outline) => {
    const plane = planeOf(outline)
    return fits(plane.z, z) && fits(plane.t, t)
  })
  const left = outlines.length - kept.length
  const kind = 'pictures with outlines on other planes'
  if (left > 0) {
    log.warn(
      `${left} of its ${outlines.length} outlines are on other planes of the stack, and were left out.`,
      file,
      kind
    )
  }
  const drawn = new Set(kept.map((outline) => keyOf(planeOf(outline))))
  if (drawn.size > 1) {
    const reason = `Its outlines were drawn on ${drawn.size} planes of a stack; all of them are taken as cells of this picture.`
    log.warn(reason, file, 'pictures with outlines from several planes')
  }
  return kept.length === 0 && left > 0 ? undefined : kept
}

/** The plane of the picture, on the axes that its stack has. */
function chosenPlane({ planes, stack }: PictureFacts): OutlinePlane {
  if (!planes || !stack) return {}
  return { z: stack.sizeZ > 1 ? planes.z : undefined, t: stack.sizeT > 1 ? planes.t : undefined }
}

function fits(plane: number | undefined, chosen: number | undefined): boolean {
  return plane === undefined || chosen === undefined || plane === chosen
}

function keyOf({ z = 1, t = 1 }: OutlinePlane): string {
  return `${z} ${t}`
}
